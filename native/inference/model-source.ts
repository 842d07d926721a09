import { open } from 'node:fs/promises'
import { AppError } from '#shared/errors.ts'
import { describeModel, type ModelDescription } from '#shared/gguf/describe-model.ts'

/** Reads a model's header from disk with our own reader, before llama.cpp sees the file. */
export async function checkModelFile(path: string): Promise<ModelDescription> {
  try {
    await using file = await open(path)
    const { size } = await file.stat()
    const read = async (offset: number, length: number): Promise<Uint8Array> => {
      const buffer = new Uint8Array(length)
      const { bytesRead } = await file.read(buffer, 0, length, offset)
      return buffer.subarray(0, bytesRead)
    }
    return await describeModel({ path, sizeBytes: size, read })
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    throw new AppError('MODEL_FILE_INVALID', { path, reason: 'The file cannot be read.' }, { cause })
  }
}
