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

  take(index: number, piece: string): void {
    if (piece.length < 5 || !piece.endsWith('>')) return
    const role = roleOfName.get(piece)
    if (role) this.fill[role] ??= index
    if (piece === '<|im_start|>') this.#hasTurnStart = true
    if (piece === '<|im_end|>' && this.#hasTurnStart) this.hasChatMl = true
  }
}
