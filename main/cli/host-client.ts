import { resolve } from 'node:path'
import { createRouterClient } from '@orpc/server'
import type { Client } from '#shared/contract/index.ts'
import { createApp } from '../app.ts'
import { nodeHost } from '../platform/node-host.ts'
import { connectToRunningHost } from '../transport/control-client.ts'
import { useModel } from './hand-over.ts'
import { leadOrJoin } from './lead-or-join.ts'

export interface HostClient {
  client: Client
  close: () => Promise<void>
}

interface Options {
  entryFolder: string
  /** GGUF file to use; null leaves the choice to the host. */
  model: string | null
}

/** A client of the running host of this profile; where none runs, of one in this process, which opens no port. */
export async function openHostClient({ entryFolder, model }: Options): Promise<HostClient> {
  const file = model === null ? null : resolve(model)
  const host = nodeHost({ entryFolder, settingOverrides: file === null ? {} : { 'model.path': file } })
  const { lock, running } = await leadOrJoin(host.paths.state, connectToRunningHost)
  if (running) {
    const { client, close } = running
    if (file !== null) await useModel(client, file)
    return {
      client,
      close: async () => {
        close()
        host.logBook.close()
      },
    }
  }
  try {
    const app = await createApp(host)
    return {
      // The contract is what the router implements.
      client: createRouterClient(app.router),
      close: async () => {
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
