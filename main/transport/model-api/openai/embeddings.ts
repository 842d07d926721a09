import { z } from 'zod'
import { invalid } from '../api-error.ts'
import type { Exchange } from '../exchange.ts'
import { parse } from '../read-body.ts'

const EmbeddingsRequest = z.object({
  model: z.string().min(1),
  input: z.union([z.string(), z.array(z.union([z.string(), z.number(), z.array(z.number())])).min(1).max(2048)]),
  encoding_format: z.enum(['float', 'base64']).nullish(),
  dimensions: z.number().int().min(1).nullish(),
})

/** `POST /v1/embeddings`. */
export async function embeddings({ server, caller, endpoint, body, answer, signal }: Exchange): Promise<void> {
  const request = parse(EmbeddingsRequest, body)
  const texts = readTexts(request.input, 'input')
  await server.serve({ caller, endpoint, scope: 'embeddings', role: 'embedding', model: request.model, prompt: JSON.stringify(texts), signal }, async turn => {
    const made = await turn.embed(texts)
    checkDimensions(request.dimensions, made[0]?.vector.length)
    const tokens = made.reduce((sum, one) => sum + one.tokens, 0)
    const data = made.map(({ vector }, index) => ({ object: 'embedding', index, embedding: request.encoding_format === 'base64' ? base64(vector) : vector }))
    answer.json({ object: 'list', model: turn.name, data, usage: { prompt_tokens: tokens, total_tokens: tokens } })
  })
}

export function readTexts(input: string | readonly unknown[], param: string): string[] {
  const texts = typeof input === 'string' ? [input] : input
  if (!texts.every(text => typeof text === 'string')) throw invalid(param, `“${param}” is text, or a list of texts; numbers of tokens are not taken.`)
  if (texts.includes('')) throw invalid(param, `“${param}” holds an empty text, which has no vector.`)
  return [...texts]
}

/** Vectors are as long as the model makes them: a part of one is not what the caller asked for. */
export function checkDimensions(asked: number | null | undefined, made: number | undefined): void {
  if (asked === null || asked === undefined || made === undefined || asked === made) return
  throw invalid('dimensions', `This model's vectors have ${made} dimensions, and no others. Leave out “dimensions”, or ask for ${made}.`)
}

function base64(vector: readonly number[]): string {
  return Buffer.from(new Float32Array(vector).buffer).toString('base64')
}
