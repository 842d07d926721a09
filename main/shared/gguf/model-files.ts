import { AppError } from '../errors.ts'
import type { GgufSource } from './byte-cursor.ts'
import { describeModel, type ModelDescription } from './describe-model.ts'
import { readGgufHeader } from './read-header.ts'

/** Opens a file, hands it over and closes it. */
export type WithSource = <T>(path: string, use: (source: GgufSource) => Promise<T>) => Promise<T>

const mostFiles = 256
const partName = /-(\d{5})-of-(\d{5})\.gguf$/

/** Checks a model file and, where the model was split, every further file that llama.cpp would open with it. Throws as `describeModel`. */
export async function describeModelFiles(path: string, withSource: WithSource): Promise<{ description: ModelDescription; sizeBytes: number }> {
  const first = await withSource(path, async source => ({ description: await describeModel(source), sizeBytes: source.sizeBytes }))
  const { fileCount } = first.description
  if (fileCount <= 1) return first
  const rest = await Promise.all(furtherPaths(path, fileCount).map(part => withSource(part, sizesOf)))
  return {
    description: { ...first.description, parameters: rest.reduce((sum, part) => sum + part.weights, first.description.parameters) },
    sizeBytes: rest.reduce((sum, part) => sum + part.sizeBytes, first.sizeBytes),
  }
}

/** Every file that llama.cpp would open for a model, by the name of its first one. */
export function pathsOfModel(path: string): string[] {
  const name = partName.exec(path)
  return name ? [path, ...partPaths(path.slice(0, name.index), Math.min(Number(name[2]), mostFiles))] : [path]
}

function partPaths(stem: string, fileCount: number): string[] {
  const count = String(fileCount).padStart(5, '0')
  return Array.from({ length: Math.max(fileCount - 1, 0) }, (_, index) => `${stem}-${String(index + 2).padStart(5, '0')}-of-${count}.gguf`)
}

async function sizesOf(source: GgufSource): Promise<{ weights: number; sizeBytes: number }> {
  const { tensors } = await readGgufHeader(source)
  return { weights: tensors.reduce((sum, tensor) => sum + tensor.weights, 0), sizeBytes: source.sizeBytes }
}

function furtherPaths(path: string, fileCount: number): string[] {
  const fail = (reason: string): never => {
    throw new AppError('MODEL_FILE_INVALID', { path, reason })
  }
  if (!Number.isInteger(fileCount) || fileCount > mostFiles) return fail(`It claims to be split over ${fileCount} files.`)
  const name = partName.exec(path)
  if (!name || Number(name[2]) !== fileCount) return fail(`It is part of a model in ${fileCount} files, and its name does not say which part.`)
  if (Number(name[1]) !== 1) return fail(`It is part ${Number(name[1])} of ${fileCount}; choose the first part.`)
  return partPaths(path.slice(0, name.index), fileCount)
}
