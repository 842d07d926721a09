import { open, stat } from 'node:fs/promises'
import { AppError } from '#shared/errors.ts'
import type { ModelDescription } from '#shared/gguf/describe-model.ts'
import { readGgufHeader } from '#shared/gguf/read-header.ts'
import { describeModelFiles, type WithSource } from '#shared/gguf/model-files.ts'

/** Reads a model's header from disk with our own reader, before llama.cpp sees the file. */
export async function checkModelFile(path: string): Promise<ModelDescription> {
  try {
    return (await describeModelFiles(path, withFile)).description
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    throw new AppError('MODEL_FILE_INVALID', { path, reason: 'The file cannot be read.' }, { cause })
  }
}

/** Looks at a LoRA adapter's header before llama.cpp does. Throws MODEL_LOAD_FAILED with a reason in words. */
export async function checkAdapter(path: string, modelId: string, architecture: string): Promise<void> {
  const fail = (reason: string, cause?: unknown): never => {
    throw new AppError('MODEL_LOAD_FAILED', { id: modelId, reason }, cause === undefined ? undefined : { cause })
  }
  const text = await withFile(path, async source => {
    const { values } = await readGgufHeader(source)
    return (key: string) => {
      const value = values.get(key)
      return value?.type === 'string' ? value.value : null
    }
  }).catch((cause: unknown) => {
    const known = cause instanceof AppError && cause.code === 'MODEL_FILE_INVALID' ? (cause as AppError<'MODEL_FILE_INVALID'>) : null
    return fail(known ? `The LoRA adapter cannot be used: ${known.data.reason}` : 'The LoRA adapter cannot be read.', cause)
  })
  if (text('general.type') !== 'adapter') fail('The file given as LoRA adapter is none.')
  const made = text('general.architecture')
  if (made !== architecture) fail(`The LoRA adapter was made for ${made?.slice(0, 80) ?? 'an unnamed architecture'}, and the model is ${architecture}.`)
}

const withFile: WithSource = async (path, use) => {
  const found = await stat(path)
  // Opening a pipe would wait for ever.
  if (!found.isFile()) throw new AppError('MODEL_FILE_INVALID', { path, reason: 'It is not a plain file.' })
  const { size } = found
  await using file = await open(path)
  const read = async (offset: number, length: number): Promise<Uint8Array> => {
    const buffer = new Uint8Array(length)
    const { bytesRead } = await file.read(buffer, 0, length, offset)
    return buffer.subarray(0, bytesRead)
  }
  // Without `await` the file would be closed before it is read.
  return await use({ path, sizeBytes: size, read })
}
