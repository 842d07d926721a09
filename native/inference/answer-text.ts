import { firstMark, heldBack, type Watched } from './text-marks.ts'

export interface Marks {
  /** End the answer; of the model's template. */
  ends: readonly string[]
  /** End the answer; of the request. */
  stops: readonly string[]
  thoughtPrefixes: readonly string[]
  thoughtSuffixes: readonly string[]
  callPrefixes: readonly string[]
}

export type Found =
  | { type: 'text' | 'reasoning'; text: string }
  | { type: 'end' }
  | { type: 'stop'; stopText: string }
  /** A call begins `at` this many characters from the beginning of the whole answer. */
  | { type: 'call'; at: number }

/** Takes an answer apart as it comes. */
export interface AnswerReader {
  /** What comes next is said to whoever asked; else it is reasoning, or belongs to the form of an answer. */
  readonly isSaying: boolean
  take(text: string): Found[]
  /** All that is left. */
  end(): Found[]
}

type MarkKind = 'end' | 'stop' | 'think' | 'answer' | 'call'

/** Reads what is one text with marks in it: what is said, what is reasoning, where it ends and where a call begins. */
export class AnswerText implements AnswerReader {
  readonly #marks: Marks
  #isThinking: boolean
  /** Text that may be the beginning of a mark. */
  #held = ''
  /** Characters that were read before what is held. */
  #passed = 0
  #isTrimming: boolean

  constructor(marks: Marks, isThinking: boolean) {
    this.#marks = marks
    this.#isThinking = isThinking
    this.#isTrimming = isThinking
  }

  get isSaying(): boolean {
    return !this.#isThinking
  }

  take(text: string): Found[] {
    return this.#read(text, false)
  }

  end(): Found[] {
    return this.#read('', true)
  }

  #read(text: string, isEnd: boolean): Found[] {
    const found: Found[] = []
    let rest = this.#held + text
    for (;;) {
      const mark = firstMark(rest, this.#watched())
      if (!mark) break
      this.#say(found, rest.slice(0, mark.at))
      if (mark.kind === 'call') {
        found.push({ type: 'call', at: this.#passed + mark.at })
        return found
      }
      if (mark.kind === 'end' || mark.kind === 'stop') {
        found.push(mark.kind === 'end' ? { type: 'end' } : { type: 'stop', stopText: mark.text })
        this.#held = ''
        return found
      }
      this.#isThinking = mark.kind === 'think'
      this.#isTrimming = true
      this.#passed += mark.at + mark.text.length
      rest = rest.slice(mark.at + mark.text.length)
    }
    const keep = isEnd ? 0 : heldBack(rest, this.#watched())
    this.#say(found, rest.slice(0, rest.length - keep))
    this.#passed += rest.length - keep
    this.#held = rest.slice(rest.length - keep)
    return found
  }

  /** Around reasoning stand blank lines that belong to neither part. */
  #say(found: Found[], text: string): void {
    const said = this.#isTrimming ? text.trimStart() : text
    if (said === '') return
    this.#isTrimming = false
    found.push({ type: this.#isThinking ? 'reasoning' : 'text', text: said })
  }

  #watched(): Watched<MarkKind> {
    const { ends, stops, thoughtPrefixes, thoughtSuffixes, callPrefixes } = this.#marks
    const both = [['end', ends], ['call', callPrefixes]] as const
    return this.#isThinking ? [...both, ['answer', thoughtSuffixes]] : [...both, ['stop', stops], ['think', thoughtPrefixes]]
  }
}
