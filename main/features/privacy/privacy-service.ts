import type { PrivacyState, ProcessEnforcement } from '#shared/contract/privacy.ts'
import type { HostKind } from '../../platform/host.ts'
import { liveStream, newest } from '../../platform/live/live-stream.ts'
import type { ObservedLauncher } from '../../platform/workers/observed-launcher.ts'
import type { WorkerProcess } from '../../platform/workers/worker-launcher.ts'

interface Dependencies {
  hostKind: HostKind
  launcher: ObservedLauncher
  isEnforcementOff: boolean
  isHostGuarded: () => boolean
  /** Name of the model of a process of that name, or of the one that would be loaded; null when none is chosen. */
  modelName: (process: string) => string | null
  onModelChange: (listener: () => void) => () => void
  /** False where no process is ever started to ask a keychain. */
  hasKeychain: boolean
}

/** What is enforced right now, process by process; claims nothing that is only meant. */
export class PrivacyService {
  readonly #dependencies: Dependencies
  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
  }

  state(): PrivacyState {
    const { hostKind, launcher, isEnforcementOff, isHostGuarded, hasKeychain } = this.#dependencies
    const models = launcher.runningAs('inference')
    const terminals = launcher.running('pty')
    return {
      type: 'snapshot',
      isModelIsolated: models.length > 0 && models.every(({ process }) => process.enforced.network === 'none'),
      isEnforcementOff,
      processes: [
        ...(models.length > 0 ? models.map(({ name, process }) => this.#model(name, process)) : [this.#noModel()]),
        page(hostKind),
        host(hostKind, isHostGuarded()),
        worker('keeper', launcher),
        ...(hasKeychain ? [worker('keychain', launcher)] : []),
        ...(terminals.length > 0 ? terminals.map(({ pid }) => terminal(pid)) : [terminal(null)]),
      ],
    }
  }

  watch(signal?: AbortSignal): AsyncGenerator<PrivacyState, void, void> {
    return liveStream<PrivacyState>(
      push => {
        let last = ''
        const tell = (): void => {
          const state = this.state()
          const text = JSON.stringify(state)
          // A model that loads tells each hundredth of it.
          if (text !== last) push(state)
          last = text
        }
        tell()
        const stops = [this.#dependencies.launcher.onChange(tell), this.#dependencies.onModelChange(tell)]
        return () => stops.forEach(stop => stop())
      },
      { signal, limit: 1, collapse: newest },
    )
  }

  #model(process: string, { pid, enforced }: WorkerProcess): ProcessEnforcement {
    const { by, network, reads, reason } = enforced
    return { process: 'inference', name: this.#modelName(process), pid, isRunning: true, hasRun: false, network, enforcedBy: by, files: reads ? 'model' : 'yours', reason }
  }

  /** Nothing is claimed of a process that is not there. */
  #noModel(): ProcessEnforcement {
    return { process: 'inference', name: this.#modelName('inference'), pid: null, isRunning: false, hasRun: false, network: 'none', enforcedBy: 'nothing', files: 'none', reason: null }
  }

  #modelName(process: string): string {
    const name = this.#dependencies.modelName(process)
    return name === null ? 'Model' : `Model (${name})`
  }
}

/** The page reaches the host, and through it only what the host lets it. */
function page(hostKind: HostKind): ProcessEnforcement {
  const tab = 'Its policy does not hold it from opening another page, from a connection made ahead of time (preconnect) or from WebRTC; this page does none of these. The browser is no part of Cortex.'
  return { process: 'page', name: hostKind === 'electron' ? 'Page (window)' : 'Page (browser tab)', pid: null, isRunning: true, hasRun: false, network: hostKind === 'electron' ? 'none' : 'loopback', enforcedBy: 'browser', files: 'none', reason: hostKind === 'electron' ? null : tab }
}

/** A guard in the process stands against its own packages; it is no border that the system keeps. */
function host(hostKind: HostKind, isGuarded: boolean): ProcessEnforcement {
  const listens = hostKind === 'node' ? 'It listens on 127.0.0.1, behind a token.' : 'It listens on no port, unless you ask for the page in a browser as well.'
  const held = isGuarded ? 'The guard holds its own code, not programs that it starts; the operating system would not stop it.' : 'It holds no code that connects to another machine; the operating system would not stop it.'
  return { process: 'host', name: 'Host', pid: process.pid, isRunning: true, hasRun: false, network: isGuarded ? 'mode' : 'open', enforcedBy: isGuarded ? 'guard' : 'nothing', files: 'yours', reason: `${held} ${listens}` }
}

/** Started when it is needed, and soon gone: what held for it then is all there is to say. */
function worker(kind: 'keeper' | 'keychain', launcher: ObservedLauncher): ProcessEnforcement {
  const name = kind === 'keeper' ? 'Database worker' : 'Keychain worker'
  const [running] = launcher.running(kind)
  const enforced = launcher.last(kind)
  if (!enforced) return { process: kind, name, pid: null, isRunning: false, hasRun: false, network: 'none', enforcedBy: 'nothing', files: 'none', reason: null }
  // It was not asked to be without one.
  const withNetwork = kind === 'keychain' && enforced.network === 'open' ? 'The session bus is reached from within a network only, or refuses a confined process.' : null
  return { process: kind, name, pid: running?.pid ?? null, isRunning: running !== undefined, hasRun: running === undefined, network: enforced.network, enforcedBy: enforced.by, files: 'yours', reason: enforced.reason ?? withNetwork }
}

function terminal(pid: number | null): ProcessEnforcement {
  return { process: 'terminal', name: 'Terminals', pid, isRunning: pid !== null, hasRun: false, network: 'yours', enforcedBy: 'nothing', files: 'yours', reason: null }
}
