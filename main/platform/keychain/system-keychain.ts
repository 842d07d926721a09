import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { AppError, isAppError } from '#shared/errors.ts'
import { KeychainReply, type KeychainRequest } from '../../../native/keychain/contract.ts'
import { alone, unconfined, type Confinement } from '../workers/confinement.ts'
import type { WorkerLauncher } from '../workers/worker-launcher.ts'
import { absentKeychain } from './absent-keychain.ts'
import { nameOfProcess } from './service-name.ts'
import { startLimitMilliseconds, type Keychain, type KeychainCall } from './keychain.ts'

type Value = Extract<KeychainReply, { status: 'done' }>['value']

interface Options {
  launcher: WorkerLauncher
  /** The host's environment: where the session's bus is, and whether the keychain is to be used at all. */
  environment: Record<string, string | undefined>
  platform?: string
}

/** The keychain of this system, each question asked by a short process of its own; the absent one where `CORTEX_KEYCHAIN=off` or no session bus is there. */
export function systemKeychain({ launcher, environment, platform = process.platform }: Options): Keychain {
  const env = environment['CORTEX_KEYCHAIN'] === 'off' ? null : reachThrough(environment, platform)
  return env === null ? absentKeychain : new SystemKeychain(launcher, env, platform !== 'linux' || liesInFiles(env['DBUS_SESSION_BUS_ADDRESS'] ?? ''))
}

/** What the process needs to find the keychain; null where it could not. */
function reachThrough(environment: Record<string, string | undefined>, platform: string): Record<string, string> | null {
  if (platform !== 'linux') return {}
  const runtime = environment['XDG_RUNTIME_DIR']
  const socket = runtime === undefined ? null : join(runtime, 'bus')
  const bus = environment['DBUS_SESSION_BUS_ADDRESS'] || (socket !== null && existsSync(socket) ? `unix:path=${socket}` : null)
  return bus === null ? null : { DBUS_SESSION_BUS_ADDRESS: bus, ...(runtime === undefined ? {} : { XDG_RUNTIME_DIR: runtime }) }
}

/** An abstract socket belongs to a network namespace, and a port to a network: only sockets of the file system are reached from without either. */
function liesInFiles(address: string): boolean {
  return address.split(';').some(one => /^unix:(.*,)?path=/.test(one))
}

class SystemKeychain implements Keychain {
  readonly #launcher: WorkerLauncher
  readonly #env: Record<string, string>
  #confinement: Confinement

  /** `isFileBus`: the keychain can be asked by a process that has no network. */
  constructor(launcher: WorkerLauncher, env: Record<string, string>, isFileBus: boolean) {
    this.#confinement = isFileBus ? alone : unconfined
    this.#launcher = launcher
    this.#env = env
  }

  confinement(): Confinement {
    return this.#confinement
  }

  async name(call?: KeychainCall): Promise<string | null> {
    const name = await this.#ask({ call: 'name' }, call).catch(() => null)
    return typeof name === 'object' && name !== null && 'processId' in name ? nameOfProcess(name.processId) : text(name)
  }

  async getPassword(service: string, account: string, call?: KeychainCall): Promise<string | null> {
    return text(await this.#ask({ call: 'get', service, account }, call))
  }

  async setPassword(service: string, account: string, password: string, call?: KeychainCall): Promise<void> {
    await this.#ask({ call: 'set', service, account, password }, call)
  }

  async deletePassword(service: string, account: string, call?: KeychainCall): Promise<boolean> {
    return (await this.#ask({ call: 'delete', service, account }, call)) === true
  }

  /** Without a network; where the keychain is not found like that, as with a bus that refuses whoever is root in a namespace, and with one it is, then so from there on. */
  async #ask(request: KeychainRequest, call: KeychainCall = {}): Promise<Value> {
    const confinement = this.#confinement
    try {
      return await this.#askOnce(request, confinement, call)
    } catch (error) {
      if (confinement === unconfined || !isAppError(error) || error.code !== 'KEYCHAIN_UNAVAILABLE' || (error.data as { reason?: unknown }).reason !== 'absent') throw error
      const value = await this.#askOnce(request, unconfined, call)
      this.#confinement = unconfined
      return value
    }
  }

  async #askOnce(request: KeychainRequest, confinement: Confinement, { limitMilliseconds = startLimitMilliseconds }: KeychainCall): Promise<Value> {
    const spec = { name: 'keychain', entry: 'keychain', env: this.#env, confinement }
    const worker = await this.#launcher.launch(spec).catch((cause: unknown) => {
      throw new AppError('KEYCHAIN_UNAVAILABLE', { reason: 'refused' }, { cause })
    })
    let timer: NodeJS.Timeout | null = null
    try {
      const reply = await new Promise<KeychainReply>((resolve, reject) => {
        timer = setTimeout(() => reject(new AppError('KEYCHAIN_UNAVAILABLE', { reason: 'no-answer' })), limitMilliseconds)
        worker.onExit(() => reject(new AppError('KEYCHAIN_UNAVAILABLE', { reason: 'refused' })))
        worker.onMessage(frame => {
          const parsed = KeychainReply.safeParse(frame)
          if (parsed.success) resolve(parsed.data)
        })
        worker.postMessage(JSON.stringify(request))
      })
      if (reply.status === 'failed') throw new AppError('KEYCHAIN_UNAVAILABLE', { reason: reply.reason })
      return reply.value
    } finally {
      if (timer) clearTimeout(timer)
      // Killed, not asked: a call that hangs in the library would hold up its end. Nobody waits for that.
      void worker.stop(0)
    }
  }
}

function text(value: Value): string | null {
  return typeof value === 'string' ? value : null
}
