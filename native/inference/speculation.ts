import type { Token } from 'node-llama-cpp'
import type { Lane } from './lane.ts'

/** A shorter match than this is chance more often than a quotation. */
const leastMatch = 3
/** A longer match says no more. */
const mostMatch = 12
const firstGuesses = 4
/** As a power of two. */
const longestPause = 5
/** More tokens at once are hardly faster than one batch after another. */
export const mostGuesses = 16

export type GuesserName = 'lookup' | 'draft'

export interface Guesser {
  /** At most `most` tokens that may follow those read and the one chosen last. */
  guess(read: readonly Token[], last: Token, most: number, signal: AbortSignal): Promise<readonly Token[]> | readonly Token[]
}

/** Guesses that what followed the last tokens before follows them again. */
export const lookup: Guesser = {
  guess(read, last, most) {
    let best = { at: 0, length: leastMatch - 1 }
    for (let at = read.length; at >= leastMatch && best.length < mostMatch; at--) {
      if (read[at - 1] !== last) continue
      const length = matchBefore(read, at)
      if (length > best.length) best = { at, length }
    }
    return best.at === 0 ? [] : [...read.slice(best.at, best.at + most), last].slice(0, most)
  },
}

/** How many tokens before `at` are as those at the end, of which the last is known to be. */
function matchBefore(read: readonly Token[], at: number): number {
  let length = 1
  while (length < mostMatch && length < at && read[at - 1 - length] === read[read.length - length]) length++
  return length
}

/** Lets a small model of the same vocabulary write ahead, always its likeliest token. */
export class DraftGuesser implements Guesser {
  readonly #lane: Lane

  constructor(lane: Lane) {
    this.#lane = lane
  }

  async guess(read: readonly Token[], last: Token, most: number, signal: AbortSignal): Promise<readonly Token[]> {
    const guesses: Token[] = []
    const onToken = (token: Token): boolean => guesses.push(token) < most
    await this.#lane.run({ prompt: [...read, last], sampling: { temperature: 0 }, onToken }, signal)
    return guesses
  }
}

/** How many tokens to guess at once: more while all are right, few where most are wrong, and none for a while where none was, for each costs time. */
export class GuessCount {
  #most = firstGuesses
  #failures = 0
  #pause = 0

  /** For the next token. */
  next(): number {
    if (this.#pause === 0) return this.#most
    this.#pause--
    return 0
  }

  took(guessed: number, right: number): void {
    this.#failures = right > 0 ? 0 : Math.min(longestPause, this.#failures + 1)
    if (this.#failures > 0) this.#pause = 2 ** this.#failures
    this.#most = right === guessed ? Math.min(mostGuesses, Math.max(this.#most, guessed * 2)) : right + 1
  }
}
