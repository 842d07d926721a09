import { isAbsolute } from 'node:path'
import { AppError } from '#shared/errors.ts'
import type { ModelDescription } from '#shared/gguf/describe-model.ts'
import { describeModelFiles } from '#shared/gguf/model-files.ts'
import { withGgufFile } from '../../platform/files/gguf-source.ts'

/** Checks a model file's header. Throws FILE_NOT_FOUND, FILE_UNREADABLE, MODEL_FILE_INVALID, MODEL_UNSUPPORTED. */
export async function readModelFile(path: string): Promise<{ description: ModelDescription; sizeBytes: number }> {
  if (!isAbsolute(path)) throw new AppError('FILE_NOT_FOUND', { path })
  return describeModelFiles(path, withGgufFile)
}
