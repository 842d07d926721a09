import type { LlamaModel, Token } from 'node-llama-cpp'
import type { ModelDescription } from '#shared/gguf/describe-model.ts'
import type { LoadRequest } from './contract.ts'

type FillTokens = NonNullable<ModelDescription['fill']>

const prefixShare = 0.75
/** More text than this per token of room is not worth cutting up: code has three to four characters a token. */
const charactersPerToken = 6
/** How much of the beginning of a window is remembered to find it again. */
const anchorCharacters = 200
const leastAnchor = 40

export interface FillPrompts {
  /** The prompt for the text between, within its room. */
  build(prefix: string, suffix: string): Token[]
  /** Where to cut a prefix so that the model goes on from the beginning of a token; absent: as for code that it sees as such. */
  heal?(prefix: string): { kept: string; removed: string }
  /** Where a model is asked in words: the part of its answer that belongs in between, once more than that came; else null. */
  cut?(text: string, suffix: string): string | null
}

/** Lays out fill-in prompts within a budget, so that successive ones begin alike and the state in memory can be reused. */
export class TokenFillPrompts implements FillPrompts {
  readonly #model: LlamaModel
  readonly #tokens: FillTokens
  readonly #room: number
  readonly #trim: 'trimLeadingSpace' | undefined
  /** The beginning of the last window: while it is found again, the window grows instead of sliding. */
  #anchor = ''

  readonly #isPrefixFirst: boolean

  /** `room`: most tokens a prompt may have. */
  constructor(model: LlamaModel, tokens: FillTokens, room: number, order: LoadRequest['fillOrder'] = 'auto') {
    // Without a middle token the model was trained suffix first.
    this.#isPrefixFirst = order === 'auto' ? tokens.middle !== null : order === 'prefix-first'

    this.#model = model
    this.#tokens = tokens
    this.#room = room
    this.#trim = addsLeadingSpace(model) ? 'trimLeadingSpace' : undefined
  }

  /** Prefix and suffix share the room about three to one; what one does not need, the other has. */
  build(prefix: string, suffix: string): Token[] {
    const room = this.#room - 4
    const suffixRoom = Math.floor(room * (1 - prefixShare))
    const suffixTokens = this.#tokenize(suffix.slice(0, room * charactersPerToken))
    const prefixTokens = this.#window(prefix, room - Math.min(suffixTokens.length, suffixRoom))
    const suffixPart = suffixTokens.slice(0, Math.max(suffixRoom, room - prefixTokens.length))
    const { prefix: prefixMark, suffix: suffixMark, middle: middleMark } = this.#tokens
    const before = [prefixMark as Token, ...prefixTokens]
    const after = [suffixMark as Token, ...suffixPart]
    const middle = middleMark === null ? [] : [middleMark as Token]
    // Suffix first, the middle follows the prefix: a middle token would stand for nothing there.
    const body = this.#isPrefixFirst ? [...before, ...after, ...middle] : [...after, ...before]
    const { bos, shouldPrependBosToken } = this.#model.tokens
    return shouldPrependBosToken && bos !== null ? [bos, ...body] : body
  }

  #window(prefix: string, room: number): Token[] {
    const kept = this.#anchor.length >= leastAnchor ? prefix.lastIndexOf(this.#anchor) : -1
    if (kept >= 0 && prefix.length - kept <= room * charactersPerToken) {
      const tokens = this.#tokenize(prefix.slice(kept))
      if (tokens.length <= room) return tokens
    }
    let text = fromLineStart(prefix, room * charactersPerToken)
    let tokens = this.#tokenize(text)
    // A fresh window leaves a quarter free to grow into.
    for (let goal = room * 0.75; tokens.length > room; goal *= 0.9) {
      text = fromLineStart(text, Math.floor((text.length * goal) / tokens.length))
      tokens = this.#tokenize(text)
    }
    this.#anchor = text.slice(0, anchorCharacters)
    return tokens
  }

  #tokenize(text: string): Token[] {
    return this.#model.tokenize(text, false, this.#trim)
  }
}

/** The last `length` characters, from the beginning of a line where there is one. */
function fromLineStart(text: string, length: number): string {
  if (text.length <= length) return text
  const tail = text.slice(text.length - length)
  const newline = tail.indexOf('\n')
  return newline >= 0 && newline < tail.length - 1 ? tail.slice(newline + 1) : tail
}

/** True for tokenizers that put a space before every text. */
function addsLeadingSpace(model: LlamaModel): boolean {
  const alone = model.tokenize('x')
  return model.tokenize('\nx').at(-1) !== alone.at(-1) || alone.length !== 1
}
