import { open, stat } from 'node:fs/promises'
import { AppError } from '#shared/errors.ts'
import type { ModelDescription } from '#shared/gguf/describe-model.ts'
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
