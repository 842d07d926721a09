import type { ResidentActivity } from '#shared/contract/models.ts'
import { Listeners } from '../../platform/live/listeners.ts'

/** The status bar is read by people: more often than this is noise. */
const tellMilliseconds = 250

type Task = Exclude<ResidentActivity['task'], 'idle'>
/** What people wait for most comes first. */
const tasks: readonly Task[] = ['chat', 'completion', 'embedding', 'rerank']

/** What one model is doing, as the status bar and the Models view show it. */
export class Activity {
  readonly #listeners = new Listeners<ResidentActivity>()
  readonly #running = new Map<Task, number>()
  #now: ResidentActivity = { task: 'idle', tokensPerSecond: null, prefillTokensPerSecond: null, contextUsedTokens: null, queued: 0 }
  #timer: NodeJS.Timeout | null = null
  /** Answers that the model writes at the same time. */
  sequences = 1

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
    let firstAt = 0
    let firstTokens = 0
    return {
      /** Tokens written so far. */
      count: (tokens: number): void => {
        const now = performance.now()
        if (firstAt === 0) {
          firstAt = now
          firstTokens = tokens
          return
        }
        if (now - firstAt >= tellMilliseconds) this.#change({ tokensPerSecond: ((tokens - firstTokens) / (now - firstAt)) * 1000 })
      },
      finish: (change: Pick<ResidentActivity, 'tokensPerSecond' | 'prefillTokensPerSecond'> & Partial<Pick<ResidentActivity, 'contextUsedTokens'>>): void => this.#change(change),
      end: (): void => this.#add(task, -1),
    }
  }

  /** The process died and with it what its context held. */
  forget(): void {
    this.#change({ tokensPerSecond: null, prefillTokensPerSecond: null, contextUsedTokens: null })
  }

  dispose(): void {
    if (this.#timer) clearTimeout(this.#timer)
  }

  #add(task: Task, by: 1 | -1): void {
    this.#running.set(task, (this.#running.get(task) ?? 0) + by)
    const queued = Math.max(0, (this.#running.get('chat') ?? 0) - this.sequences)
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
