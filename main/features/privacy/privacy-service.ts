import type { Enforcement, PrivacyState } from '#shared/contract/privacy.ts'
import type { HostKind } from '../../platform/host.ts'
import { liveStream, newest } from '../../platform/live/live-stream.ts'
import type { Storage } from '../../platform/storage/storage.ts'
import type { ObservedLauncher } from '../../platform/workers/observed-launcher.ts'

interface Dependencies {
  hostKind: HostKind
  launcher: ObservedLauncher
  storage: Storage
}

/** What is enforced right now, process by process; claims nothing that is only meant. */
export class PrivacyService {
  readonly #dependencies: Dependencies
  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
  }

  state(): PrivacyState {
    const { hostKind, launcher, storage } = this.#dependencies
    const models = launcher.running('inference')
    const isModelIsolated = models.length > 0 && models.every(process => process.isNetworkDenied)
    return {
      type: 'snapshot',
      isModelIsolated,
      enforcement: [page(hostKind), host(hostKind), inference(models.length > 0, isModelIsolated), terminal, kept(storage)],
    }
  }

  watch(signal?: AbortSignal): AsyncGenerator<PrivacyState, void, void> {
    return liveStream<PrivacyState>(
      push => {
        push(this.state())
        return this.#dependencies.launcher.onChange(() => push(this.state()))
      },
      { signal, limit: 1, collapse: newest },
    )
  }
}

function page(hostKind: HostKind): Enforcement {
  const statement =
    hostKind === 'electron'
      ? "The page's content security policy lets it load and connect to nothing outside this app."
      : "The page's content security policy lets it load from and connect to this host alone. Calls between browsers (WebRTC) are outside that policy, and this page makes none; so are the browser itself, its extensions and its updates."
  return { process: 'page', level: 'browser', statement }
}

function host(hostKind: HostKind): Enforcement {
  const listens = hostKind === 'node' ? 'It listens on 127.0.0.1 only, behind a token.' : 'It listens on no port, unless you ask for the page in a browser as well: then on 127.0.0.1 only, behind a token.'
  return { process: 'host', level: 'design', statement: `The host holds no code that connects to another machine. ${listens} The operating system would not stop it.` }
}

function inference(isRunning: boolean, isIsolated: boolean): Enforcement {
  if (isIsolated) return { process: 'inference', level: 'os', statement: 'The operating system keeps the process that runs the model from every network.' }
  if (!isRunning) return { process: 'inference', level: 'none', statement: 'No model is running. Whether the operating system keeps it from the network shows once one runs.' }
  return { process: 'inference', level: 'design', statement: "The model's process holds no code that connects anywhere, but this system does not let Cortex cut it off from the network." }
}

const terminal: Enforcement = { process: 'terminal', level: 'none', statement: 'Programs you start in the terminal may connect as they like.' }

function kept(storage: Storage): Enforcement {
  if (storage.problem) return { process: 'storage', level: 'none', statement: 'The database stays shut, so conversations and unsaved text are not kept.' }
  return {
    process: 'storage',
    level: 'none',
    statement:
      'Conversations and unsaved text are encrypted on disk, but the key lies in a file beside them that only your account may read. This protects nothing against somebody who can use your account or who has the whole disk.',
  }
}
