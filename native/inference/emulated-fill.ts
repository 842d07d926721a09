import type { LlamaModel, Token } from 'node-llama-cpp'
import type { ChatTemplate } from './chat-template.ts'
import type { FillPrompts } from './fill-prompt.ts'
import { cutForHealing } from './token-healing.ts'

/** Code has about this many characters a token; the prompt is measured again once it is tokens. */
const charactersPerToken = 3
const prefixShare = 0.75
/** Lines before the cursor that the model is made to have said already. */
const repeatedLines = 12
const leastEcho = 4
/** A longer line would cost more to write again than it helps. */
const mostHealed = 80
const fence = '```'

const instruction = 'Complete the code. Write only what comes next, nothing else.'

/**
 * Fill-in prompts for a model that only chats: it is asked in words, and its answer is begun for it with the lines before the cursor, so that
 * it goes on from there instead of explaining or repeating.
 */
export class EmulatedFillPrompts implements FillPrompts {
  readonly #model: LlamaModel
  readonly #template: ChatTemplate
  readonly #room: number

  /** `room`: most tokens a prompt may have. */
  constructor(model: LlamaModel, template: ChatTemplate, room: number) {
    this.#model = model
    this.#template = template
    this.#room = room
  }

  /** The whole line is taken back: chat models write indentation and the first word in pieces that no cut within them meets. */
  heal(prefix: string): { kept: string; removed: string } {
    const start = prefix.lastIndexOf('\n') + 1
    return prefix.length - start > mostHealed ? cutForHealing(prefix) : { kept: prefix.slice(0, start), removed: prefix.slice(start) }
  }

  build(prefix: string, suffix: string): Token[] {
    for (let characters = this.#room * charactersPerToken; ; characters = Math.floor(characters * 0.7)) {
      const tokens = this.#build(prefix.slice(-Math.ceil(characters * prefixShare)), suffix.slice(0, Math.ceil(characters * (1 - prefixShare))))
      if (tokens.length <= this.#room || characters < 16) return tokens.slice(-this.#room)
    }
  }

  /** The text before a fence that closes the code, or before what stands after the cursor anyway; null where neither came. */
  cut(text: string, suffix: string): string | null {
    const ends: number[] = []
    const closed = text.indexOf(fence)
    if (closed >= 0) ends.push(text.slice(0, closed).trimEnd().length)
    const next = suffix.split('\n').find(line => line.trim().length >= leastEcho)?.trim()
    // Only whole lines: the beginning of one is told by the scope.
    const lines = text.split('\n')
    const echo = next === undefined ? -1 : lines.findIndex((line, index) => index > 0 && index < lines.length - 1 && line.trim() === next)
    if (echo > 0) ends.push(lines.slice(0, echo).join('\n').length)
    return ends.length === 0 ? null : text.slice(0, Math.min(...ends))
  }

  #build(prefix: string, suffix: string): Token[] {
    const after = suffix.trim() === '' ? '' : `\n\nAfter it comes:\n${fence}\n${suffix}\n${fence}`
    const prompt = this.#template.render([{ role: 'user', text: `${instruction}\n\n${fence}\n${prefix}\n${fence}${after}` }])
    const said = prefix.split('\n').slice(-repeatedLines).join('\n')
    return [...prompt.tokens, ...this.#template.opening(prompt), ...this.#model.tokenize(`${fence}\n${said}`)]
  }
}
