import type { AnswerReader, Found } from './answer-text.ts'
import { firstMark, heldBack, type Watched } from './text-marks.ts'

export const harmony = { start: '<|start|>', channel: '<|channel|>', message: '<|message|>', constrain: '<|constrain|>', end: '<|end|>', return: '<|return|>', call: '<|call|>' }

/** With these a message's head may begin; a text that begins otherwise is of a model that left the head out. */
const beginnings = [harmony.start, harmony.channel, harmony.message, 'to=']

interface Reading {
  stops: readonly string[]
  canCall: boolean
  /** A constrained answer has room for its last message alone; what is said before it is reasoning then. */
  hasFormat: boolean
}

type Part = 'head' | 'reasoning' | 'preamble' | 'final'

/**
 * Reads answers of models that write messages, each with a head that says whom it is for:
 * `<|channel|>analysis<|message|>…<|end|><|start|>assistant<|channel|>final<|message|>…<|return|>` (https://developers.openai.com/cookbook/articles/openai-harmony).
 * The first `<|start|>assistant` is the prompt's.
 */
export class HarmonyText implements AnswerReader {
  readonly #reading: Reading
  #part: Part = 'head'
  /** Of a head all that came; else text that may be the beginning of a mark. */
  #held = ''
  /** Characters that were read before what is held. */
  #passed = 0
  #isTrimming = true
  #hasSaid = false

  /** `begun`: what the prompt wrote of the answer behind its `<|start|>assistant`. */
  constructor(reading: Reading, begun = '') {
    this.#reading = reading
    this.take(begun)
    if (this.#part !== 'head') this.#isTrimming = false
    this.#hasSaid = false
    this.#passed = -this.#held.length
  }

  get isSaying(): boolean {
    return this.#part === 'final' || (this.#part === 'preamble' && !this.#reading.hasFormat)
  }

  take(text: string): Found[] {
    return this.#read(text, false)
  }

  end(): Found[] {
    return this.#read('', true)
  }

  #read(text: string, isEnd: boolean): Found[] {
    const found: Found[] = []
    this.#held += text
    for (;;) {
      const step = this.#part === 'head' ? this.#head(isEnd) : this.#body(found)
      if (step === 'on') continue
      if (step === 'wait') break
      found.push(step)
      this.#held = ''
      return found
    }
    if (this.#part === 'head') return found
    this.#say(found, this.#held.length - (isEnd ? 0 : heldBack(this.#held, this.#watched())))
    return found
  }

  #head(isEnd: boolean): Found | 'on' | 'wait' {
    const { canCall } = this.#reading
    const begun = this.#held.trimStart()
    const isPlain = begun !== '' && !beginnings.some(each => each.startsWith(begun) || begun.startsWith(each))
    if (isPlain || (isEnd && begun !== '' && !beginnings.some(each => begun.startsWith(each)))) {
      this.#enter('final', 0)
      return 'on'
    }
    const at = this.#held.indexOf(harmony.message)
    const head = at < 0 ? this.#held : this.#held.slice(0, at)
    const { role, rest, from } = partsOf(head)
    // Whoever writes the next speaker's words has ended.
    if (role !== null && !'assistant'.startsWith(role)) return { type: 'end' }
    const recipient = /\bto=([^\s<]+)/.exec(rest)?.[1]
    if (canCall && recipient !== undefined && (at >= 0 || recipient.startsWith('functions.'))) return { type: 'call', at: this.#passed + from }
    if (at < 0) return 'wait'
    const channel = /<\|channel\|>\s*(\w+)/.exec(rest)?.[1]
    this.#enter(channel === 'analysis' ? 'reasoning' : channel === 'commentary' && recipient === undefined ? 'preamble' : 'final', at + harmony.message.length)
    return 'on'
  }

  #body(found: Found[]): Found | 'on' | 'wait' {
    const mark = firstMark(this.#held, this.#watched())
    if (!mark) return 'wait'
    this.#say(found, mark.at)
    if (mark.kind === 'stop') return { type: 'stop', stopText: mark.text }
    if (mark.kind === 'answer-end' || this.#part === 'final') return { type: 'end' }
    this.#enter('head', mark.kind === 'message-end' ? mark.text.length : 0)
    return 'on'
  }

  /** Goes on behind `length` characters of what is held. */
  #enter(part: Part, length: number): void {
    this.#part = part
    this.#isTrimming = true
    this.#drop(length)
  }

  #drop(length: number): void {
    this.#passed += length
    this.#held = this.#held.slice(length)
  }

  #say(found: Found[], length: number): void {
    const text = this.#held.slice(0, length)
    this.#drop(length)
    const said = this.#isTrimming ? text.trimStart() : text
    if (said === '') return
    const isNext = this.#isTrimming && this.#hasSaid
    this.#isTrimming = false
    if (!this.isSaying) return void found.push({ type: 'reasoning', text: said })
    this.#hasSaid = true
    found.push({ type: 'text', text: isNext ? `\n\n${said}` : said })
  }

  #watched(): Watched<'message-end' | 'answer-end' | 'head' | 'stop'> {
    const next = this.#part === 'final' ? [harmony.start] : [harmony.start, harmony.channel]
    const marks = [['message-end', [harmony.end]], ['answer-end', [harmony.return, harmony.call]], ['head', next]] as const
    return this.isSaying ? [...marks, ['stop', this.#reading.stops]] : marks
  }
}

/** A head's role, null where the prompt has said it or it is not whole, and what stands behind it, `from` so many characters on. */
function partsOf(head: string): { role: string | null; rest: string; from: number } {
  const start = head.lastIndexOf(harmony.start)
  if (start < 0) return { role: null, rest: head, from: 0 }
  const behind = head.slice(start + harmony.start.length)
  const role = /^[^\s<]*/.exec(behind)?.[0] ?? ''
  return { role, rest: behind.slice(role.length), from: start + harmony.start.length + role.length }
}
