import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readdir, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import type { ChatTurn } from '../../../native/inference/contract.ts'
import type { Log } from '../../platform/log/log.ts'
import { describeFault } from '../../platform/log/log-faults.ts'
import { TurnTaker } from '../../platform/live/turn-taker.ts'
import { SealBroken } from '../../platform/storage/sealed-stream.ts'
import type { Vault } from '../../platform/vault/vault.ts'
import { sealState, unsealState } from './sealed-state.ts'
import type { Seat } from './seat.ts'

/** Which prompt: a conversation of a project. */
export interface PromptPlace {
  workspaceId: string
  conversationId: string
}

interface Dependencies {
  /** Folder of the profile that the encrypted files lie in. */
  folder: string
  vault: Vault
  /** The seat of the chat role while it is ready. */
  seat: () => Seat | null
  /** Bytes that all of them may take; 0 keeps none. */
  mostBytes: () => Promise<number>
  /** Bytes that still fit into memory for files. */
  freeScratchBytes: () => number
  log: Log
}

const idleMilliseconds = 1500
/** Reading fewer tokens again takes less than writing them to disk. */
const leastTokens = 256

/** What a model has read of long conversations, kept over restarts, encrypted, so that it does not have to be read again. In the clear it is only ever in memory. */
export class PromptStates {
  readonly #dependencies: Dependencies
  readonly #turns = new TurnTaker()
  readonly #timers = new Map<string, NodeJS.Timeout>()
  /** Conversations that a seat has in memory, or was given from disk. */
  readonly #known = new WeakMap<Seat, Set<string>>()

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
  }

  /** Gives the model what it read of this conversation in an earlier life. Answers with the tokens that spares; never throws. */
  async restore(place: PromptPlace, turns: readonly ChatTurn[], signal?: AbortSignal): Promise<number> {
    const seat = this.#dependencies.seat()
    if (!seat?.scratch || this.#isKnown(seat, place)) return 0
    this.#markKnown(seat, place)
    const { scratch } = seat
    const { vault, log } = this.#dependencies
    const name = nameOf(place, seat)
    const from = this.#pathOf(name)
    const to = join(scratch, randomUUID())
    const restoring = this.#turns.take('', async () => {
      try {
        const found = await stat(from).catch(() => null)
        if (!found || !vault.isOpen || found.size > this.#dependencies.freeScratchBytes() / 2) return 0
        await unsealState(vault, { from, to, name })
        const tokens = await seat.engine.restoreState(to, turns, signal)
        log.info('A prompt state was taken from disk', { tokens, bytes: found.size })
        const now = new Date()
        await utimes(from, now, now)
        return tokens
      } catch (error) {
        // Another key, a changed file: it is of no use to anybody.
        if (error instanceof SealBroken) await rm(from, { force: true })
        if (!signal?.aborted) log.warn('A prompt state could not be used', describeFault(error))
        return 0
      } finally {
        await rm(to, { force: true })
      }
    })
    return await orNothing(restoring, signal)
  }

  /** Keeps what the model has read, once it has nothing else to do. */
  keepSoon(place: PromptPlace, turns: readonly ChatTurn[], promptTokens: number): void {
    const seat = this.#dependencies.seat()
    if (!seat?.scratch) return
    this.#markKnown(seat, place)
    if (promptTokens < leastTokens) return
    const key = keyOf(place)
    clearTimeout(this.#timers.get(key))
    const timer = setTimeout(() => {
      this.#timers.delete(key)
      if (seat.engine.isClosed) return
      // Whoever is being answered goes first.
      if (seat.engine.activity.isBusy) this.keepSoon(place, turns, promptTokens)
      else void this.#keep(seat, place, turns)
    }, idleMilliseconds)
    timer.unref()
    this.#timers.set(key, timer)
  }

  /** What was deleted has no state either. */
  async forget(place: PromptPlace): Promise<void> {
    const key = keyOf(place)
    clearTimeout(this.#timers.get(key))
    this.#timers.delete(key)
    await this.#turns.take('', async () => {
      for (const file of await this.#files()) if (file.name.startsWith(`${key}-`)) await rm(file.path, { force: true })
    })
  }

  /** Removes those that nobody used since then; the number. */
  async forgetBefore(before: Date): Promise<number> {
    return await this.#turns.take('', async () => {
      const old = (await this.#files()).filter(({ usedAt }) => usedAt < before.getTime())
      for (const { path } of old) await rm(path, { force: true })
      return old.length
    })
  }

  async dispose(): Promise<void> {
    for (const timer of this.#timers.values()) clearTimeout(timer)
    this.#timers.clear()
    await this.#turns.take('', async () => undefined)
  }

  async #keep(seat: Seat, place: PromptPlace, turns: readonly ChatTurn[]): Promise<void> {
    const { scratch } = seat
    const { vault, log, folder, mostBytes, freeScratchBytes } = this.#dependencies
    if (!scratch) return
    await this.#turns.take('', async () => {
      const from = join(scratch, randomUUID())
      try {
        const most = await mostBytes()
        // The whole cache is the most that can come.
        if (!vault.isOpen || most === 0 || (seat.plan?.cacheBytes ?? Infinity) > freeScratchBytes()) return
        const tokens = await seat.engine.saveState(from, turns)
        if (tokens < leastTokens) return
        await mkdir(folder, { recursive: true, mode: 0o700 })
        const name = nameOf(place, seat)
        const bytes = await sealState(vault, { from, to: this.#pathOf(name), name, mostBytes: most })
        if (bytes === 0) return
        await this.#makeRoom(most)
        log.info('A prompt state was kept', { tokens, bytes })
      } catch (error) {
        log.warn('A prompt state was not kept', describeFault(error))
      } finally {
        await rm(from, { force: true })
      }
    })
  }

  /** Those that were not used for the longest go first. */
  async #makeRoom(mostBytes: number): Promise<void> {
    const files = (await this.#files()).sort((a, b) => b.usedAt - a.usedAt)
    let sum = 0
    for (const { path, size } of files) {
      sum += size
      if (sum > mostBytes) await rm(path, { force: true })
    }
  }

  async #files(): Promise<{ name: string; path: string; size: number; usedAt: number }[]> {
    const names = await readdir(this.#dependencies.folder).catch(() => [])
    const found = await Promise.all(
      names.map(async name => {
        const path = join(this.#dependencies.folder, name)
        const file = await stat(path).catch(() => null)
        return file ? [{ name, path, size: file.size, usedAt: file.mtimeMs }] : []
      }),
    )
    return found.flat()
  }

  #pathOf(name: string): string {
    return join(this.#dependencies.folder, name)
  }

  #isKnown(seat: Seat, place: PromptPlace): boolean {
    return this.#known.get(seat)?.has(`${lifeOf(seat)}:${keyOf(place)}`) ?? false
  }

  #markKnown(seat: Seat, place: PromptPlace): void {
    const known = this.#known.get(seat) ?? new Set()
    known.add(`${lifeOf(seat)}:${keyOf(place)}`)
    this.#known.set(seat, known)
  }
}

/** Who gives up waits no longer; what was begun goes on and cleans up. */
async function orNothing(restoring: Promise<number>, signal: AbortSignal | undefined): Promise<number> {
  if (!signal) return await restoring
  return await new Promise<number>((resolve, reject) => {
    const giveUp = (): void => resolve(0)
    if (signal.aborted) giveUp()
    signal.addEventListener('abort', giveUp, { once: true })
    void restoring.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp))
  })
}

/** A process that was started again has lost what it held. */
function lifeOf(seat: Seat): number {
  return seat.engine.loads
}

/** Says nothing of the conversation to who reads the folder. */
function keyOf({ workspaceId, conversationId }: PromptPlace): string {
  return `${digest(workspaceId).slice(0, 16)}-${digest(conversationId).slice(0, 24)}`
}

/** A state is of one conversation, one model and one way to load it. */
function nameOf(place: PromptPlace, { model, plan, options }: Seat): string {
  const how = JSON.stringify([model.id, model.sizeBytes, plan?.contextTokens, plan?.kvCacheType, plan?.sequences, options.chatTemplate, options.loras])
  return `${keyOf(place)}-${digest(how).slice(0, 16)}.state`
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
