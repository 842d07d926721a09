import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AppError } from '../errors.ts'
import { entry, header, padding, tensorInfo, text, u32, u64, type Scalar, type TensorPlan } from '../../../tests/support/gguf-writer.ts'
import { describeModel } from './describe-model.ts'

const small: Record<string, Scalar> = {
  'general.architecture': { text: 'llama' },
  'general.name': { text: 'Small' },
  'general.license': { text: 'mit' },
  'llama.context_length': { u32: 64 },
  'llama.embedding_length': { u32: 32 },
  'llama.block_count': { u32: 1 },
  'llama.attention.head_count': { u32: 2 },
  'tokenizer.ggml.model': { text: 'llama' },
  'tokenizer.ggml.tokens': { texts: ['<unk>', 'a', '<|fim_prefix|>', '<|fim_suffix|>', '<|im_start|>', '<|im_end|>'] },
  'tokenizer.ggml.token_type': { i32s: [2, 1, 3, 3, 3, 3] },
}
const weight: TensorPlan = { name: 'w', dimensions: [32, 2], type: 'Q8_0' }

function file(changes: Record<string, Scalar | null> = {}, tensors: Buffer[] = [tensorInfo(weight, 0)], dataBytes = 68): Buffer {
  const entries = Object.entries({ ...small, ...changes }).flatMap(([key, value]) => (value === null ? [] : [entry(key, value)]))
  const head = header(entries, tensors)
  return Buffer.concat([head, padding(head.length), Buffer.alloc(dataBytes)])
}

function read(bytes: Uint8Array, sizeBytes = bytes.length) {
  return describeModel({ path: '/models/x.gguf', sizeBytes, read: async (offset, length) => bytes.subarray(offset, offset + length) })
}

async function reason(bytes: Uint8Array): Promise<string> {
  const error = await read(bytes).then(
    () => null,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(AppError)
  // Just checked.
  const known = error as AppError<'MODEL_FILE_INVALID'>
  expect(known.code).toBe('MODEL_FILE_INVALID')
  return known.data.reason
}

describe('describeModel', () => {
  it('reads what a model is from its header', async () => {
    expect(await read(file())).toEqual({
      architecture: 'llama',
      use: 'generate',
      dimensions: null,
      pooling: null,
      name: 'Small',
      parameters: 64,
      quantization: 'Q8_0',
      contextLength: 64,
      vocabularySize: 6,
      tokenizer: 'llama',
      chatTemplate: null,
      hasChatMl: true,
      fill: { prefix: 2, suffix: 3, middle: null },
      licence: 'mit',
      fileCount: 1,
    })
  })

  it('takes the numbered fill-in tokens before the named ones, and needs two of them', async () => {
    const numbered = await read(file({ 'tokenizer.ggml.fim_pre_token_id': { u32: 1 }, 'tokenizer.ggml.middle_token_id': { u32: 0 } }))
    expect(numbered.fill).toEqual({ prefix: 1, suffix: 3, middle: 0 })
    expect((await read(file({ 'tokenizer.ggml.tokens': { texts: ['a', 'b', 'c', 'd', 'e', '<|fim_suffix|>'] } }))).fill).toBeNull()
    expect((await read(file({ 'tokenizer.ggml.fim_pre_token_id': { u32: 99 } }))).fill).toBeNull()
  })

  it('prefers the declared quantization', async () => {
    expect((await read(file({ 'general.file_type': { u32: 15 } }))).quantization).toBe('Q4_K_M')
    expect((await read(file({ 'general.file_type': { u32: 999 } }))).quantization).toBe('Q8_0')
  })

  const shapedAs = (architecture: string, more: Record<string, Scalar> = {}): Record<string, Scalar | null> => ({
    'general.architecture': { text: architecture },
    ...Object.fromEntries(Object.entries(small).flatMap(([key, value]) => (key.startsWith('llama.') ? [[key.replace('llama', architecture), value]] : []))),
    'tokenizer.chat_template': { text: '{{ messages }}' },
    ...more,
  })

  it.each<[string, Record<string, Scalar | null>, object]>([
    ['a BERT', shapedAs('bert', { 'bert.pooling_type': { u32: 1 } }), { use: 'embed', dimensions: 32, pooling: 'mean' }],
    ['one whose vectors are of another length than its states', shapedAs('gemma-embedding', { 'gemma-embedding.embedding_length_out': { u32: 8 } }), { use: 'embed', dimensions: 8, pooling: null }],
    ['a writing architecture that was trained to embed', shapedAs('qwen3', { 'qwen3.pooling_type': { u32: 3 } }), { use: 'embed', dimensions: 32, pooling: 'last' }],
    ['a reranker', shapedAs('bert', { 'bert.pooling_type': { u32: 4 } }), { use: 'rerank', dimensions: null, pooling: 'rank' }],
    ['pooling of no known kind', shapedAs('bert', { 'bert.pooling_type': { u32: 99 } }), { use: 'embed', dimensions: 32, pooling: null }],
  ])('knows %s, which neither chats nor completes', async (_name, values, expected) => {
    expect(await read(file(values))).toMatchObject({ ...expected, chatTemplate: null, hasChatMl: false, fill: null })
  })

  it('knows a reranker by its layer where nothing else says so, and a model that pools nothing as one that writes', async () => {
    const layer = [tensorInfo({ ...weight, name: 'cls.output.weight' }, 0)]
    expect(await read(file(shapedAs('bert'), layer))).toMatchObject({ use: 'rerank', dimensions: null })
    expect(await read(file(shapedAs('qwen3', { 'qwen3.pooling_type': { u32: 0 } })))).toMatchObject({ use: 'generate', pooling: 'none', hasChatMl: true })
  })

  it.each([
    ['an architecture that llama.cpp does not know', 'frobnicator'],
    ['a model for speech', 'wavtokenizer-dec'],
  ])('refuses %s as unsupported', async (_name, architecture) => {
    await expect(read(file({ 'general.architecture': { text: architecture } }))).rejects.toEqual(new AppError('MODEL_UNSUPPORTED', { path: '/models/x.gguf', architecture }))
  })

  const plan = (change: Partial<TensorPlan>) => [tensorInfo({ ...weight, ...change }, 0)]
  const named = (name: Buffer, dimensions: Buffer[], type = 8, offset = 0) => [Buffer.concat([name, u32(dimensions.length), ...dimensions, u32(type), u64(offset)])]
  it.each<[string, Buffer, RegExp]>([
    ['an empty file', Buffer.alloc(0), /first four bytes/],
    ['a file that is something else', Buffer.from('<!doctype html><html></html>'), /not a GGUF/],
    ['a file with a head and nothing more', Buffer.from('GGUF'), /counts/],
    ['version 1', header([], [], 1), /version 1/],
    ['a big-endian file', header([], [], 0x03000000), /big-endian/],
    ['absurd tensor counts', Buffer.concat([Buffer.from('GGUF'), u32(3), u64(0xffffffffffffffffn), u64(1)]), /claims .* tensors/],
    ['absurd key counts', Buffer.concat([Buffer.from('GGUF'), u32(3), u64(1), u64(2n ** 63n)]), /claims .* keys/],
    ['no tensors', file({}, []), /no tensors/],
    ['a key without a name', header([Buffer.concat([text(''), u32(4), u32(1)])], plan({})), /0 bytes long/],
    ['a key with an endless name', header([Buffer.concat([u64(2n ** 60n), Buffer.alloc(64)])], plan({})), /bytes long/],
    ['a key twice', header([entry('a', { u32: 1 }), entry('a', { u32: 2 })], plan({})), /twice/],
    ['a value of no known type', header([Buffer.concat([text('a'), u32(77)])], plan({})), /unknown type 77/],
    ['an array of arrays', header([Buffer.concat([text('a'), u32(9), u32(9), u64(1), u32(4), u64(0)])], plan({})), /array of arrays/],
    ['an array of no known type', header([Buffer.concat([text('a'), u32(9), u32(77), u64(1)])], plan({})), /unknown type 77/],
    ['an array that is longer than the file', header([Buffer.concat([text('a'), u32(9), u32(10), u64(2n ** 40n)])], plan({})), /middle of/],
    ['an array whose size overflows', header([Buffer.concat([text('a'), u32(9), u32(10), u64(2n ** 62n)])], plan({})), /claims/],
    ['a string that is longer than the file', header([Buffer.concat([text('a'), u32(8), u64(2n ** 40n)])], plan({})), /claims/],
    ['strings that end too soon', header([Buffer.concat([text('a'), u32(9), u32(8), u64(2n ** 50n), text('b')])], plan({})), /middle of|claims/],
    ['an alignment of zero', file({ 'general.alignment': { u32: 0 } }), /alignment/],
    ['an alignment that is no power of two', file({ 'general.alignment': { u32: 48 } }), /alignment/],
    ['an endless alignment', file({ 'general.alignment': { u32: 2 ** 30 } }), /alignment/],
    ['an alignment of another type', file({ 'general.alignment': { text: '32' } }), /alignment/],
    ['a tensor with a long name', file({}, plan({ name: 'n'.repeat(64) })), /64 bytes long/],
    ['a tensor of five dimensions', file({}, plan({ dimensions: [32, 1, 1, 1, 1] })), /5 dimensions/],
    ['a tensor of unknown type', file({}, named(text('w'), [u64(32)], 4)), /unknown or withdrawn/],
    ['rows that are no whole blocks', file({}, named(text('w'), [u64(33)])), /blocks of 32/],
    ['dimensions that overflow', file({}, named(text('w'), [u64(2n ** 40n), u64(2n ** 40n)])), /impossible/],
    ['an empty tensor', file({}, named(text('w'), [u64(32), u64(0)])), /impossible/],
    ['a tensor twice', file({}, [...plan({}), tensorInfo(weight, 96)]), /twice/],
    ['tensors that overlap', file({}, [...plan({}), tensorInfo({ ...weight, name: 'v' }, 32)]), /does not follow/],
    ['a tensor beyond the end', file({}, named(text('w'), [u64(32), u64(2n ** 20n)])), /cut off/],
    ['a file that was cut off', file().subarray(0, -1), /cut off/],
    ['no architecture', file({ 'general.architecture': null }), /architecture/],
    ['no layers', file({ 'llama.block_count': { u32: 0 } }), /block_count/],
    ['no context', file({ 'llama.context_length': null }), /context_length/],
    ['heads that would divide by zero', file({ 'llama.attention.head_count': { u32: 0 } }), /head_count/],
    ['no vocabulary', file({ 'tokenizer.ggml.tokens': null }), /no vocabulary/],
    ['no tokenizer', file({ 'tokenizer.ggml.model': null }), /tokenizer/],
    ['token types that end before the vocabulary', file({ 'tokenizer.ggml.token_type': { i32s: [1] } }), /does not go with/],
  ])('refuses %s with a plain reason', async (_name, bytes, words) => {
    const said = await reason(bytes)
    expect(said).toMatch(words)
    expect(said).toMatch(/\.$/)
  })

  it('shows no unprintable character of a name', async () => {
    expect(await reason(header([entry('a\u001b[31m\n', { u32: 1 }), entry('a\u001b[31m\n', { u32: 1 })], plan({})))).toContain('“a?[31m?”')
  })

  it('refuses a header over 64 MB without reading it', async () => {
    let most = 0
    const bytes = header([Buffer.concat([text('a'), u32(9), u32(0), u64(100 << 20)])], plan({}))
    const source = {
      path: 'x',
      sizeBytes: 1 << 30,
      read: async (offset: number, length: number) => {
        most = Math.max(most, length)
        return bytes.subarray(offset, offset + length)
      },
    }
    await expect(describeModel(source)).rejects.toMatchObject({ code: 'MODEL_FILE_INVALID' })
    expect(most).toBeLessThanOrEqual(1 << 18)
  })

  it('lets the errors of the disk through', async () => {
    const fault = new Error('EIO')
    await expect(describeModel({ path: 'x', sizeBytes: 100, read: () => Promise.reject(fault) })).rejects.toBe(fault)
  })

  it('throws only typed errors, whatever the bytes', async () => {
    const prefix = Buffer.concat([Buffer.from('GGUF'), u32(3)])
    await fc.assert(
      fc.asyncProperty(fc.boolean(), fc.uint8Array({ maxLength: 200 }), async (hasHead, bytes) => {
        const whole = hasHead ? Buffer.concat([prefix, bytes]) : Buffer.from(bytes)
        await read(whole).catch((error: unknown) => expect(error).toBeInstanceOf(AppError))
      }),
      { numRuns: 2000 },
    )
  })

  it('refuses every truncation of a good file', async () => {
    const good = file()
    for (let length = 0; length < good.length; length++) expect(await reason(good.subarray(0, length))).not.toBe('')
  })
})
