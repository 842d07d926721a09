import { randomUUID } from 'node:crypto'
import { basename } from 'node:path'
import type { ContractRouterClient } from '@orpc/contract'
import type { Terminal, TerminalOutput } from '#shared/contract/terminals.ts'
import { AppError } from '#shared/errors.ts'
import type { Settings } from '#shared/setting-definitions.ts'
import type { pty, PtyExit } from '../../../native/pty/contract.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import { Listeners } from '../../platform/live/listeners.ts'
import { liveStream, newest } from '../../platform/live/live-stream.ts'
import { chooseShell } from './choose-shell.ts'
import { shellEnvironment } from './shell-environment.ts'

const strayShellMilliseconds = 2000

interface Size {
  columns: number
  rows: number
}

interface Named {
  workspaceId: string
  terminalId: string
}

interface Dependencies {
  /** The worker that holds the shells. */
  worker: { client: ContractRouterClient<typeof pty>; onCrash(listener: () => void): () => void }
  workspaces: { get(workspaceId: string): Promise<{ path: string }> }
  settings: { values(workspaceId: string | null): Promise<Pick<Settings, 'terminal.shell'>> }
  clock: Clock
  environment: NodeJS.ProcessEnv
  /** Kills a shell's process group that may have outlived its worker. */
  killShell: (pid: number) => void
}

/** Terminals of all workspaces. What is written to a shell is what `write` was given, and nothing else. */
export class TerminalsService {
  readonly #dependencies: Dependencies
  readonly #terminals = new Map<string, Terminal>()
  /** Terminals whose worker crashed: the next worker knows nothing of them. */
  readonly #lost = new Set<string>()
  readonly #changes = new Listeners<void>()
  readonly #stopListening: () => void
  readonly #exits = new AbortController()
  #isFollowingExits = false

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
    this.#stopListening = dependencies.worker.onCrash(() => this.#onCrash())
  }

  /** Throws WORKSPACE_NOT_FOUND, TERMINAL_START_FAILED, WORKER_CRASHED, WORKER_UNAVAILABLE. */
  async create({ workspaceId, columns, rows }: { workspaceId: string } & Size): Promise<Terminal> {
    const { worker, workspaces, settings, environment, clock } = this.#dependencies
    const { path: cwd } = await workspaces.get(workspaceId)
    const { 'terminal.shell': setting } = await settings.values(workspaceId)
    const { shell, args } = chooseShell({ setting, environment })
    const id = randomUUID()
    const { pid } = await worker.client.start({ id, shell, args, cwd, env: shellEnvironment(environment), columns, rows })
    const terminal = { id, workspaceId, title: basename(shell), shell, cwd, pid, columns, rows, exit: null, createdAt: clock.now() }
    this.#terminals.set(id, terminal)
    this.#changes.tell()
    if (!this.#isFollowingExits) void this.#followExits()
    return terminal
  }

  async watch(workspaceId: string, signal?: AbortSignal): Promise<AsyncGenerator<{ type: 'snapshot'; terminals: Terminal[] }>> {
    await this.#dependencies.workspaces.get(workspaceId)
    return liveStream<{ type: 'snapshot'; terminals: Terminal[] }>(
      push => {
        const tell = (): void => push({ type: 'snapshot', terminals: [...this.#terminals.values()].filter(terminal => terminal.workspaceId === workspaceId) })
        tell()
        return this.#changes.add(tell)
      },
      { signal, limit: 1, collapse: newest },
    )
  }

  async attach(named: Named, signal?: AbortSignal): Promise<AsyncGenerator<TerminalOutput>> {
    const { columns, rows } = this.#find(named)
    const attachmentId = randomUUID()
    if (this.#lost.has(named.terminalId)) return lostOutput({ type: 'snapshot', attachmentId, replay: '', position: 0, columns, rows })
    const output = await this.#dependencies.worker.client.attach({ id: named.terminalId, attachmentId }, signal ? { signal } : {})
    return (async function* () {
      for await (const event of output) yield event.type === 'snapshot' ? { ...event, attachmentId } : event
    })()
  }

  async acknowledge({ attachmentId, position, ...named }: Named & { attachmentId: string; position: number }): Promise<void> {
    if (this.#isLive(named)) await this.#ignoreCrash(this.#dependencies.worker.client.acknowledge({ id: named.terminalId, attachmentId, position }))
  }

  async write({ data, ...named }: Named & { data: string }): Promise<void> {
    if (this.#isLive(named)) await this.#dependencies.worker.client.write({ id: named.terminalId, data })
  }

  async resize({ columns, rows, ...named }: Named & Size): Promise<void> {
    const isLive = this.#isLive(named)
    this.#change(named, { columns, rows })
    if (isLive) await this.#dependencies.worker.client.resize({ id: named.terminalId, columns, rows })
  }

  rename({ title, ...named }: Named & { title: string }): Terminal {
    return this.#change(named, { title })
  }

  /** Resolves when the shell has ended. */
  async close(named: Named): Promise<void> {
    const isLive = this.#isLive(named)
    this.#terminals.delete(named.terminalId)
    this.#lost.delete(named.terminalId)
    this.#changes.tell()
    if (isLive) await this.#ignoreCrash(this.#dependencies.worker.client.close({ id: named.terminalId }))
  }

  dispose(): void {
    this.#stopListening()
    this.#exits.abort()
  }

  #find({ workspaceId, terminalId }: Named): Terminal {
    const terminal = this.#terminals.get(terminalId)
    if (!terminal || terminal.workspaceId !== workspaceId) throw new AppError('TERMINAL_NOT_FOUND', { id: terminalId })
    return terminal
  }

  #isLive(named: Named): boolean {
    return !this.#lost.has(this.#find(named).id)
  }

  #change(named: Named, change: Partial<Terminal>): Terminal {
    const terminal = { ...this.#find(named), ...change }
    this.#terminals.set(terminal.id, terminal)
    this.#changes.tell()
    return terminal
  }

  async #followExits(): Promise<void> {
    this.#isFollowingExits = true
    try {
      for await (const exit of await this.#dependencies.worker.client.watchExits(undefined, { signal: this.#exits.signal })) this.#onExit(exit)
    } catch {
      // The worker has gone; `onCrash` tells the rest, and the next terminal follows the next worker.
    } finally {
      this.#isFollowingExits = false
    }
  }

  #onExit({ id, code, signal }: PtyExit): void {
    const terminal = this.#terminals.get(id)
    if (!terminal || terminal.exit) return
    this.#terminals.set(id, { ...terminal, exit: { reason: 'shell-ended', code, signal } })
    this.#changes.tell()
  }

  // The kernel hangs up on the shells when their worker dies; one that ignores it is killed.
  #onCrash(): void {
    const strays: number[] = []
    for (const [id, terminal] of this.#terminals) {
      this.#lost.add(id)
      if (terminal.exit) continue
      strays.push(terminal.pid)
      this.#terminals.set(id, { ...terminal, exit: { reason: 'worker-crashed', code: null, signal: null } })
    }
    this.#changes.tell()
    setTimeout(() => strays.forEach(this.#dependencies.killShell), strayShellMilliseconds).unref()
  }

  async #ignoreCrash(call: Promise<void>): Promise<void> {
    try {
      await call
    } catch (error) {
      if (!(error instanceof AppError) || (error.code !== 'WORKER_CRASHED' && error.code !== 'WORKER_UNAVAILABLE')) throw error
    }
  }
}

async function* lostOutput(snapshot: Extract<TerminalOutput, { type: 'snapshot' }>): AsyncGenerator<TerminalOutput, void, void> {
  yield snapshot
  yield { type: 'exit', code: null, signal: null }
}
