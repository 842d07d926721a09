import type { LlamaModel } from 'node-llama-cpp'
import type { ModelDescription } from '#shared/gguf/describe-model.ts'
import type { LoadRequest } from './contract.ts'
import { Embedder, Ranker } from './embedder.ts'

const largestContext = 8192

interface VectorParts {
  contextTokens: number
  embedder: Embedder | null
  ranker: Ranker | null
}

/** What a model for vectors or ranking needs; the stack frees it. */
export async function loadVectors(model: LlamaModel, description: ModelDescription, request: LoadRequest, threads: number, stack: AsyncDisposableStack, createSignal: AbortSignal): Promise<VectorParts> {
  const contextTokens = Math.min(request.contextTokens ?? largestContext, description.contextLength)
  // One cell more than the text may have, which the library keeps free. A text must fit into one batch: its tokens look at each other both ways.
  const contextSize = contextTokens + 1
  const options = { contextSize, batchSize: contextSize, threads, createSignal }
  if (description.use === 'rerank') {
    const context = stack.use(await model.createRankingContext(options))
    return { contextTokens, embedder: null, ranker: new Ranker(context, contextTokens) }
  }
  const context = stack.use(await model.createEmbeddingContext(options))
  return { contextTokens, embedder: new Embedder(model, context, contextTokens), ranker: null }
}
