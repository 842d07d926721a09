import { join, resolve } from 'node:path'
import { createRouterClient } from '@orpc/server'
import type { Client } from '#shared/contract/index.ts'
import { createApp } from '../app.ts'
import { nodeHost } from '../platform/node-host.ts'
import { connectToRunningHost, openInRunningHost } from '../transport/control-client.ts'
import { controlPath } from '../transport/control-path.ts'
import { startHttpHost, type HttpHost } from '../transport/http-host.ts'
import { AppError } from '#shared/errors.ts'
import { useModel } from './hand-over.ts'
import { leadOrJoin } from './lead-or-join.ts'
import { readDescriptor } from './read-hidden.ts'
import { unlockAtTerminal } from './unlock-at-terminal.ts'

export interface HostClient {
  client: Client
  /** The address of a page of this host, with a code that is good once. A host in this process opens a port for it, until it is closed. */
  openPage: () => Promise<string>
  close: () => Promise<void>
}

interface Options {
  entryFolder: string
  /** GGUF file to use; null leaves the choice to the host. */
  model: string | null
  passphraseDescriptor?: number | null
  isVaultAsked?: boolean
}

/** A client of the running host of this profile; where none runs, of one in this process, which opens no port unless a page is asked for. */
export async function openHostClient({ entryFolder, model, passphraseDescriptor = null, isVaultAsked = true }: Options): Promise<HostClient> {
  const file = model === null ? null : resolve(model)
  const passphrase = passphraseDescriptor === null ? null : await readDescriptor(passphraseDescriptor)
  const host = nodeHost({ entryFolder, settingOverrides: file === null ? {} : { 'model.path': file } })
  const { lock, running } = await leadOrJoin(host.paths.state, connectToRunningHost)
  if (running) {
    const { client, close } = running
    if (file !== null) await useModel(client, file)
    return {
      client,
      openPage: async () => {
        const line = await openInRunningHost(controlPath(host.paths.state), null)
        if (!line) throw new AppError('HOST_UNREACHABLE', { reason: 'the running host ended' })
        return line.url
      },
      close: async () => {
        close()
        host.logBook.close()
      },
    }
  }
  try {
    const app = await createApp({ ...host, passphrase })
    // The contract is what the router implements.
    const client: Client = createRouterClient(app.router)
    if (isVaultAsked) await unlockAtTerminal(client)
    let http: HttpHost | null = null
    return {
      client,
      openPage: async () => {
        http ??= await startHttpHost({ router: app.router, log: host.log.scope('http'), clock: host.clock, version: host.version, port: 0, rendererFolder: join(entryFolder, '..', 'renderer') })
        return http.mintUrl(null)
      },
      close: async () => {
        await http?.close()
        await app.dispose()
        lock.release()
        host.logBook.close()
      },
    }
  } catch (error) {
    lock.release()
    throw error
  }
}
