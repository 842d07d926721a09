import type { EngineActivity } from '#shared/contract/models.ts'
import { Listeners } from '../../platform/live/listeners.ts'

/** The status bar is read by people: more often than this is noise. */
const tellMilliseconds = 250

/** What the engine is doing, as the status bar shows it. */
export class Activity {
  readonly #listeners = new Listeners<EngineActivity>()
  #now: EngineActivity = { task: 'idle', tokensPerSecond: null, contextUsedTokens: null }
  #chats = 0
  #completions = 0
  #timer: NodeJS.Timeout | null = null

  get now(): EngineActivity {
    return this.#now
  }

  onChange(listener: (activity: EngineActivity) => void): () => void {
    return this.#listeners.add(listener)
  }

  begin(kind: 'chat' | 'completion') {
    this.#add(kind, 1)
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
      finish: (tokensPerSecond: number, contextUsedTokens: number): void => this.#change({ tokensPerSecond, contextUsedTokens }),
      end: (): void => this.#add(kind, -1),
    }
  }

  /** The process died and with it what its context held. */
  forget(): void {
    this.#change({ tokensPerSecond: null, contextUsedTokens: null })
  }

  dispose(): void {
    if (this.#timer) clearTimeout(this.#timer)
  }

  #add(kind: 'chat' | 'completion', by: 1 | -1): void {
    if (kind === 'chat') this.#chats += by
    else this.#completions += by
    this.#change({ task: this.#chats > 0 ? 'chat' : this.#completions > 0 ? 'completion' : 'idle' })
  }

  #change(change: Partial<EngineActivity>): void {
    this.#now = { ...this.#now, ...change }
    this.#timer ??= setTimeout(() => {
      this.#timer = null
      this.#listeners.tell(this.#now)
    }, tellMilliseconds)
  }
}
