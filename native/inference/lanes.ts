import type { Token } from 'node-llama-cpp'
import type { Lane } from './lane.ts'

/** A lane is taken over for its beginning only where at least this share of what it holds is of use: else the conversation that it holds would be lost for little. */
const usefulShare = 0.5

interface Waiting {
  prompt: readonly Token[] | null
  take(lane: Lane): void
}

/** Lanes of one kind: who comes gets the free one that holds the most of its prompt, or waits in turn. */
export class Lanes {
  /** Longest unused first. */
  readonly #free: Lane[]
  readonly #waiting: Waiting[] = []

  constructor(lanes: readonly Lane[]) {
    this.#free = [...lanes]
  }

  /** Hands over a lane for as long as `work` takes. Throws the signal's reason when it gives up waiting. */
  async use<T>(prompt: readonly Token[], signal: AbortSignal, work: (lane: Lane) => Promise<T>): Promise<T> {
    const lane = await this.#take(prompt, signal)
    try {
      return await work(lane)
    } finally {
      this.#give(lane)
    }
  }

  /** Hands over the free lane that holds the most of a prompt, or the longest unused, at once; null where all are in use, or none of the free may be taken. */
  async useFree<T>(prompt: readonly Token[] | null, work: (lane: Lane) => Promise<T>, mayTake: (lane: Lane) => boolean = () => true): Promise<T | null> {
    const free = this.#free.filter(mayTake)
    const lane = prompt ? mostShared(free, prompt) : free[0]
    if (!lane) return null
    this.#free.splice(this.#free.indexOf(lane), 1)
    try {
      return await work(lane)
    } finally {
      this.#give(lane)
    }
  }

  /** How many tokens at the beginning of a prompt the free lane holds that holds the most. */
  mostHeld(prompt: readonly Token[]): number {
    return Math.max(0, ...this.#free.map(lane => lane.sharedWith(prompt)))
  }

  #take(prompt: readonly Token[], signal: AbortSignal): Promise<Lane> {
    if (signal.aborted) return Promise.reject(signal.reason as Error)
    const lane = this.#choose(prompt)
    if (lane) return Promise.resolve(lane)
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        prompt,
        take: given => {
          signal.removeEventListener('abort', abort)
          resolve(given)
        },
      }
      const abort = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1)
        reject(signal.reason as Error)
      }
      signal.addEventListener('abort', abort, { once: true })
      this.#waiting.push(waiting)
    })
  }

  #choose(prompt: readonly Token[]): Lane | null {
    const best = mostShared(this.#free, prompt)
    const isUseful = best !== undefined && best.sharedWith(prompt) >= best.length * usefulShare
    const lane = isUseful ? best : this.#free[0]
    if (!lane) return null
    this.#free.splice(this.#free.indexOf(lane), 1)
    return lane
  }

  #give(lane: Lane): void {
    this.#free.push(lane)
    const next = this.#waiting.shift()
    if (next) {
      this.#free.pop()
      next.take(lane)
    }
  }
}

/** An empty lane shares nothing with anything, and is taken only where none shares more. */
function mostShared(lanes: readonly Lane[], prompt: readonly Token[]): Lane | undefined {
  let best: { lane: Lane; shared: number } | undefined
  for (const lane of lanes) {
    const shared = lane.sharedWith(prompt)
    if (!best || shared > best.shared) best = { lane, shared }
  }
  return best?.lane
}
