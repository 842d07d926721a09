import type { LlamaEmbeddingContext, LlamaModel, LlamaRankingContext } from 'node-llama-cpp'
import { AppError } from '#shared/errors.ts'
import type { Embedding } from './contract.ts'
import { Mutex } from './mutex.ts'

/** Makes vectors of length 1, one text after another: llama.cpp's vectors are read from one sequence only, and one text fills a batch well. */
export class Embedder {
  readonly #model: LlamaModel
  readonly #context: LlamaEmbeddingContext
  readonly #mostTokens: number
  readonly #mutex = new Mutex()

  constructor(model: LlamaModel, context: LlamaEmbeddingContext, mostTokens: number) {
    this.#model = model
    this.#context = context
    this.#mostTokens = mostTokens
  }

  /** Throws CONTEXT_OVERFLOW before the first vector where one text is too long, or the signal's reason. */
  async embed(texts: readonly string[], signal: AbortSignal): Promise<Embedding[]> {
    const inputs = texts.map(text => {
      const tokens = this.#model.tokenize(text)
      return { tokens, length: checkLength(this.#context.calculateInputLength(tokens), this.#mostTokens) }
    })
    const release = await this.#mutex.acquire(signal)
    try {
      const results: Embedding[] = []
      for (const { tokens, length } of inputs) {
        signal.throwIfAborted()
        const { vector } = await this.#context.getEmbeddingFor(tokens)
        results.push({ vector: unit(vector), tokens: length })
      }
      return results
    } finally {
      release()
    }
  }
}

/** Says how well documents answer a query, one after another. */
export class Ranker {
  readonly #context: LlamaRankingContext
  readonly #mostTokens: number
  readonly #mutex = new Mutex()

  constructor(context: LlamaRankingContext, mostTokens: number) {
    this.#context = context
    this.#mostTokens = mostTokens
  }

  /** Throws CONTEXT_OVERFLOW before the first score where the query and one document are too long together, or the signal's reason. */
  async rank(query: string, documents: readonly string[], signal: AbortSignal): Promise<{ scores: number[]; tokens: number }> {
    const lengths = documents.map(document => checkLength(this.#context.calculateInputLength(query, document), this.#mostTokens))
    const release = await this.#mutex.acquire(signal)
    try {
      const scores: number[] = []
      for (const document of documents) {
        signal.throwIfAborted()
        scores.push(await this.#context.rank(query, document))
      }
      return { scores, tokens: lengths.reduce((sum, length) => sum + length, 0) }
    } finally {
      release()
    }
  }
}

function checkLength(length: number, most: number): number {
  if (length > most) throw new AppError('CONTEXT_OVERFLOW', { promptTokens: length, availableTokens: most, contextTokens: most })
  return length
}

/** A vector of nothing but zeros, as an empty text may give, stays as it is. */
function unit(vector: readonly number[]): number[] {
  const norm = Math.hypot(...vector)
  return norm > 0 ? vector.map(value => value / norm) : [...vector]
}
