import type { ResidentActivity } from '#shared/contract/models.ts'
import { leastTokensRead } from '#shared/reading-speed.ts'
import { systemClock, type Clock } from '../../platform/clock/clock.ts'
import { Listeners } from '../../platform/live/listeners.ts'

/** The status bar is read by people: more often than this is noise. */
const tellMilliseconds = 250

type Task = Exclude<ResidentActivity['task'], 'idle'>
/** What people wait for most comes first. */
const tasks: readonly Task[] = ['chat', 'completion', 'embedding', 'rerank']

/** What one model is doing, as the status bar and the Models view show it. */
export class Activity {
  readonly #clock: Clock
  readonly #listeners = new Listeners<ResidentActivity>()
  readonly #running = new Map<Task, number>()
  /** Texts that were embedded or ranked so far, and their tokens. */
  readonly #read = { texts: 0, tokens: 0 }
  #now: ResidentActivity = { task: 'idle', tokensPerSecond: null, prefillTokensPerSecond: null, contextUsedTokens: null, queued: 0 }
  #timer: NodeJS.Timeout | null = null
  #sequences = 1

  constructor(clock: Clock = systemClock) {
    this.#clock = clock
  }

  /** Answers that the model writes at the same time; of everything else it does one. */
  set sequences(count: number) {
    this.#sequences = count
  }

  get now(): ResidentActivity {
    return this.#now
  }

  get isBusy(): boolean {
    return this.#now.task !== 'idle'
  }

  onChange(listener: (activity: ResidentActivity) => void): () => void {
    return this.#listeners.add(listener)
  }

  begin(task: Task) {
    this.#add(task, 1)
    const startedAt = this.#clock.monotonic()
    const before = { ...this.#read }
    let firstAt: number | null = null
    let firstTokens = 0
    let hasRead = false
    return {
      /** Tokens of the prompt that were read so far, and how long they took. */
      read: (tokens: number, milliseconds: number): void => {
        if (milliseconds <= 0) return
        hasRead = true
        this.#change({ prefillTokensPerSecond: (tokens * 1000) / milliseconds })
      },
      /** Tokens written so far. */
      count: (tokens: number): void => {
        const now = this.#clock.monotonic()
        if (firstAt === null) {
          firstAt = now
          firstTokens = tokens
          return
        }
        if (now - firstAt >= tellMilliseconds) this.#change({ tokensPerSecond: ((tokens - firstTokens) / (now - firstAt)) * 1000 })
      },
      /** An answer is whole; `contextUsedTokens` where it is of a conversation. Its time to the first token tells how fast it was read, where nothing better does. */
      finish: ({ tokensPerSecond, contextUsedTokens, freshTokens, firstTokenMilliseconds }: { tokensPerSecond: number; contextUsedTokens: number | null; freshTokens: number; firstTokenMilliseconds: number }): void => {
        const isRate = !hasRead && freshTokens >= leastTokensRead && firstTokenMilliseconds > 0
        this.#change({ tokensPerSecond, ...(contextUsedTokens !== null && { contextUsedTokens }), ...(isRate && { prefillTokensPerSecond: (freshTokens * 1000) / firstTokenMilliseconds }) })
      },
      /** A completion is whole; what is null is not known. */
      fill: ({ tokensPerSecond, prefillTokensPerSecond }: { tokensPerSecond: number | null; prefillTokensPerSecond: number | null }): void =>
        this.#change({ ...(tokensPerSecond !== null && { tokensPerSecond }), ...(prefillTokensPerSecond !== null && { prefillTokensPerSecond }) }),
      /** Texts were embedded or ranked. A call that waited for others counts theirs too, since it took their time. */
      readTexts: (texts: number, tokens: number): void => {
        this.#read.texts += texts
        this.#read.tokens += tokens
        const seconds = (this.#clock.monotonic() - startedAt) / 1000
        if (seconds > 0) this.#change({ textsPerSecond: (this.#read.texts - before.texts) / seconds, prefillTokensPerSecond: (this.#read.tokens - before.tokens) / seconds })
      },
      end: (): void => this.#add(task, -1),
    }
  }

  /** The process died and with it what its context held. */
  forget(): void {
    this.#change({ tokensPerSecond: null, prefillTokensPerSecond: null, contextUsedTokens: null, ...('textsPerSecond' in this.#now && { textsPerSecond: null }) })
  }

  dispose(): void {
    if (this.#timer) clearTimeout(this.#timer)
  }

  #add(task: Task, by: 1 | -1): void {
    this.#running.set(task, (this.#running.get(task) ?? 0) + by)
    const queued = tasks.reduce((sum, one) => sum + Math.max(0, (this.#running.get(one) ?? 0) - (one === 'chat' ? this.#sequences : 1)), 0)
    this.#change({ task: tasks.find(one => (this.#running.get(one) ?? 0) > 0) ?? 'idle', queued })
  }

  #change(change: Partial<ResidentActivity>): void {
    this.#now = { ...this.#now, ...change }
    this.#timer ??= setTimeout(() => {
      this.#timer = null
      this.#listeners.tell(this.#now)
    }, tellMilliseconds)
  }
}
