import type { GgufHeader } from './read-header.ts'

/** What llama.cpp takes where a file does not number its first and last token. */
const usualTokens: Readonly<Record<string, { bos: number; eos: number }>> = { llama: { bos: 1, eos: 2 }, gpt2: { bos: 11, eos: 11 } }

/** The same for two models of which one can draft for the other: pieces, kind of tokenizer, first and last token. `header`: of the first file. */
export function vocabularyPrint(header: GgufHeader): string {
  const { values, vocabulary } = header
  const pieces = values.get(vocabulary.key)
  const tokenizer = values.get('tokenizer.ggml.model')
  const kind = tokenizer?.type === 'string' ? tokenizer.value : ''
  const length = pieces?.type === 'array' ? pieces.length : 0
  const token = (role: 'bos' | 'eos'): number | null => {
    const value = values.get(`tokenizer.ggml.${role}_token_id`)
    const id = value && value.type !== 'array' && typeof value.value === 'number' ? value.value : -1
    return id >= 0 && id < length ? id : (usualTokens[kind]?.[role] ?? null)
  }
  return JSON.stringify([kind, length, token('bos'), token('eos'), vocabulary.print])
}
