import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Listeners } from '../live/listeners.ts'

/** Whether this start goes without the model and the last layout, and what tells that a start went well. */
export interface Starts {
  readonly isSafe: boolean
  /** A page has begun to load; until it says that it stands, the start is not over. */
  pageOpening(): void
  pageReady(): void
  /** The person goes on as usual. */
  leaveSafeMode(): void
  /** Told when safe mode was left. */
  onChange(listener: () => void): () => void
}

const failedBefore = 2
const settledMilliseconds = 10_000

interface Options {
  stateFolder: string
  /** Asked for on the command line. */
  isWanted?: boolean
  /** False counts nothing and is never safe by itself: for starts that are killed on purpose. */
  isCounting?: boolean
  afterMilliseconds?: number
}

/**
 * Counts starts that did not go well: the host ended before it had been ready for ten seconds, or a page began to load and never stood.
 * The count is written before the start and taken back when it went well, so that neither the clock nor a kill can lie about it.
 */
export class StartWatch implements Starts {
  readonly #path: string
  readonly #isCounting: boolean
  readonly #afterMilliseconds: number
  readonly #changes = new Listeners<void>()
  readonly #failed: number
  #isSafe: boolean
  #pagesOpening = 0
  #isSettled = false
  #hasRested = false
  #timer: ReturnType<typeof setTimeout> | null = null

  constructor({ stateFolder, isWanted = false, isCounting = true, afterMilliseconds = settledMilliseconds }: Options) {
    this.#path = join(stateFolder, 'starts')
    this.#isCounting = isCounting
    this.#afterMilliseconds = afterMilliseconds
    this.#failed = isCounting ? readCount(this.#path) : 0
    this.#isSafe = isWanted || this.#failed >= failedBefore
    if (isCounting) writeCount(this.#path, this.#failed + 1)
  }

  get isSafe(): boolean {
    return this.#isSafe
  }

  /** The host serves. */
  ready(): void {
    this.#timer = setTimeout(() => {
      this.#hasRested = true
      this.#settle()
    }, this.#afterMilliseconds)
    this.#timer.unref()
  }

  pageOpening(): void {
    this.#pagesOpening += 1
  }

  pageReady(): void {
    // A page that stands speaks for those before it, which were closed or reloaded.
    this.#pagesOpening = 0
    this.#settle()
  }

  leaveSafeMode(): void {
    this.#isSafe = false
    this.#changes.tell()
  }

  onChange(listener: () => void): () => void {
    return this.#changes.add(listener)
  }

  /** The host was asked to end: that is no failure, unless its page never stood. */
  dispose(): void {
    if (this.#timer) clearTimeout(this.#timer)
    if (!this.#isCounting || this.#isSettled) return
    if (this.#pagesOpening === 0) writeCount(this.#path, this.#failed)
  }

  #settle(): void {
    if (!this.#hasRested || this.#pagesOpening > 0 || this.#isSettled) return
    this.#isSettled = true
    if (this.#isCounting) rmSync(this.#path, { force: true })
  }
}

/** For hosts that are no start of their own: one command, a test. */
export const ordinaryStart: Starts = { isSafe: false, pageOpening: () => undefined, pageReady: () => undefined, leaveSafeMode: () => undefined, onChange: () => () => undefined }

/** Anything but a small number is nothing. */
function readCount(path: string): number {
  try {
    const text = readFileSync(path, 'utf8')
    return /^\d{1,3}$/.test(text) ? Number(text) : 0
  } catch {
    return 0
  }
}

/** Best effort: a disk that is full must not keep Cortex from starting. */
function writeCount(path: string, count: number): void {
  try {
    mkdirSync(join(path, '..'), { recursive: true, mode: 0o700 })
    const next = `${path}.next`
    writeFileSync(next, String(Math.min(count, 999)), { mode: 0o600 })
    renameSync(next, path)
  } catch {
    // Then this start does not count.
  }
}
