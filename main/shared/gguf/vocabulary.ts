type FillRole = 'prefix' | 'suffix' | 'middle'

// The names by which llama.cpp recognises these tokens where the metadata does not number them.
const namesOfRoles: Readonly<Record<FillRole, readonly string[]>> = {
  prefix: ['<|fim_prefix|>', '<fim-prefix>', '<fim_prefix>', '<｜fim▁begin｜>', '<PRE>', '▁<PRE>', '<|code_prefix|>', '<|prefix|>'],
  suffix: ['<|fim_suffix|>', '<fim-suffix>', '<fim_suffix>', '<｜fim▁hole｜>', '<SUF>', '▁<SUF>', '<|code_suffix|>', '<|suffix|>'],
  middle: ['<|fim_middle|>', '<fim-middle>', '<fim_middle>', '<｜fim▁end｜>', '<MID>', '▁<MID>', '<|code_middle|>', '<|middle|>'],
}

const roleOfName = new Map(Object.entries(namesOfRoles).flatMap(([role, names]) => names.map(name => [name, role as FillRole] as const)))

/** Looks at each piece of a vocabulary as it passes and keeps what fill-in needs, so that memory stays small. */
export class VocabularyScan {
  readonly key = 'tokenizer.ggml.tokens'
  readonly fill: Partial<Record<FillRole, number>> = {}
  hasChatMl = false
  #hasTurnStart = false
  // Two hashes of 32 bits, since one alone meets its like too often.
  #high = 0x811c9dc5
  #low = 0x9e3779b9

  /** The same for the same pieces in the same order. */
  get print(): string {
    return [this.#high, this.#low].map(half => (half >>> 0).toString(16).padStart(8, '0')).join('')
  }

  take(index: number, piece: string): void {
    for (let at = 0; at < piece.length; at++) this.#mix(piece.charCodeAt(at))
    // The end of a piece, which no character is.
    this.#mix(0x10000)
    if (piece.length < 5 || !piece.endsWith('>')) return
    const role = roleOfName.get(piece)
    if (role) this.fill[role] ??= index
    if (piece === '<|im_start|>') this.#hasTurnStart = true
    if (piece === '<|im_end|>' && this.#hasTurnStart) this.hasChatMl = true
  }

  #mix(value: number): void {
    this.#high = Math.imul(this.#high ^ value, 0x01000193)
    this.#low = Math.imul(this.#low ^ value, 0x85ebca6b) ^ (this.#low >>> 15)
  }
}
