import { expect, it } from 'vitest'
import { entry, header, padding, tensorInfo, type Scalar } from '../../../tests/support/gguf-writer.ts'
import { readGgufHeader } from './read-header.ts'
import { vocabularyPrint } from './vocabulary-print.ts'

const pieces = ['<unk>', '<s>', '</s>', 'a', 'b']

async function print(changes: Record<string, Scalar | null> = {}): Promise<string> {
  const values: Record<string, Scalar | null> = { 'tokenizer.ggml.model': { text: 'llama' }, 'tokenizer.ggml.tokens': { texts: pieces }, ...changes }
  const entries = Object.entries(values).flatMap(([key, value]) => (value === null ? [] : [entry(key, value)]))
  const head = header(entries, [tensorInfo({ name: 'w', dimensions: [32, 2], type: 'Q8_0' }, 0)])
  const bytes = Buffer.concat([head, padding(head.length), Buffer.alloc(68)])
  return vocabularyPrint(await readGgufHeader({ path: '/m.gguf', sizeBytes: bytes.length, read: async (offset, length) => bytes.subarray(offset, offset + length) }))
}

it('is the same for the same vocabulary, whether the file numbers the usual tokens or not', async () => {
  expect(await print({ 'general.name': { text: 'Another' } })).toBe(await print())
  expect(await print({ 'tokenizer.ggml.bos_token_id': { u32: 1 }, 'tokenizer.ggml.eos_token_id': { u32: 2 } })).toBe(await print())
})

it.each<[string, Record<string, Scalar>]>([
  ['another piece', { 'tokenizer.ggml.tokens': { texts: ['<unk>', '<s>', '</s>', 'a', 'c'] } }],
  ['another order', { 'tokenizer.ggml.tokens': { texts: ['<unk>', '<s>', '</s>', 'b', 'a'] } }],
  ['other borders between the pieces', { 'tokenizer.ggml.tokens': { texts: ['<unk>', '<s>', '</s>', 'ab', ''] } }],
  ['one piece more', { 'tokenizer.ggml.tokens': { texts: [...pieces, 'c'] } }],
  ['another kind of tokenizer', { 'tokenizer.ggml.model': { text: 'gpt2' } }],
  ['another last token', { 'tokenizer.ggml.eos_token_id': { u32: 3 } }],
  ['another first token', { 'tokenizer.ggml.bos_token_id': { u32: 0 } }],
])('differs for %s', async (_, changes) => {
  expect(await print(changes)).not.toBe(await print())
})
