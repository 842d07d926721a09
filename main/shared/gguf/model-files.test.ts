import { expect, it } from 'vitest'
import { entry, header, padding, tensorInfo, type Scalar } from '../../../tests/support/gguf-writer.ts'
import { describeModelFiles, type WithSource } from './model-files.ts'

const first: Record<string, Scalar> = {
  'general.architecture': { text: 'llama' },
  'llama.context_length': { u32: 64 },
  'llama.embedding_length': { u32: 32 },
  'llama.block_count': { u32: 1 },
  'tokenizer.ggml.model': { text: 'llama' },
  'tokenizer.ggml.tokens': { texts: ['a'] },
}

function part(values: Record<string, Scalar>, rows: number): Buffer {
  const head = header(Object.entries(values).map(([key, value]) => entry(key, value)), [tensorInfo({ name: 'w', dimensions: [32, rows], type: 'Q8_0' }, 0)])
  return Buffer.concat([head, padding(head.length), Buffer.alloc(34 * rows)])
}

function disk(files: Record<string, Buffer>): WithSource {
  return (path, use) => {
    const bytes = files[path]
    if (!bytes) throw new Error(`no ${path}`)
    return use({ path, sizeBytes: bytes.length, read: async (offset, length) => bytes.subarray(offset, offset + length) })
  }
}

const split = { ...first, 'split.count': { u32: 2 } }

it('sums up the files of a split model', async () => {
  const files = { '/m-00001-of-00002.gguf': part(split, 1), '/m-00002-of-00002.gguf': part({ 'split.no': { u32: 1 } }, 3) }
  const { description, sizeBytes } = await describeModelFiles('/m-00001-of-00002.gguf', disk(files))
  expect(description.parameters).toBe(128)
  expect(sizeBytes).toBe(files['/m-00001-of-00002.gguf'].length + files['/m-00002-of-00002.gguf'].length)
})

it('refuses a split model of which a file is damaged', async () => {
  const files = { '/m-00001-of-00002.gguf': part(split, 1), '/m-00002-of-00002.gguf': Buffer.from('GGUX') }
  await expect(describeModelFiles('/m-00001-of-00002.gguf', disk(files))).rejects.toMatchObject({ code: 'MODEL_FILE_INVALID', data: { path: '/m-00002-of-00002.gguf' } })
})

it.each([
  ['/m.gguf', split, /does not say which part/],
  ['/m-00002-of-00002.gguf', split, /part 2 of 2/],
  ['/m-00001-of-00003.gguf', split, /does not say/],
  ['/m.gguf', { ...first, 'split.count': { u32: 9999 } }, /9999 files/],
])('refuses %s with a plain reason', async (path, values, words) => {
  await expect(describeModelFiles(path, disk({ [path]: part(values, 1) }))).rejects.toMatchObject({ code: 'MODEL_FILE_INVALID', data: { reason: expect.stringMatching(words) } })
})
