import { z } from 'zod'
import { newId } from '../chat-ask.ts'
import type { Exchange } from '../exchange.ts'
import { parse } from '../read-body.ts'

const RerankRequest = z.object({
  model: z.string().min(1),
  query: z.string().min(1),
  documents: z.array(z.union([z.string(), z.object({ text: z.string() })])).min(1).max(1024),
  top_n: z.number().int().min(1).nullish(),
  return_documents: z.boolean().nullish(),
})

/** `POST /v1/rerank`, in the shape that Jina and Cohere share: the best first. */
export async function rerank({ server, caller, endpoint, body, answer, signal }: Exchange): Promise<void> {
  const request = parse(RerankRequest, body)
  const documents = request.documents.map(document => (typeof document === 'string' ? document : document.text))
  await server.serve({ caller, endpoint, scope: 'rerank', role: 'rerank', model: request.model, prompt: JSON.stringify([request.query, documents]), signal }, async turn => {
    const { scores, tokens } = await turn.rerank(request.query, documents)
    const results = scores
      .map((score, index) => ({ index, relevance_score: score, ...(request.return_documents ? { document: { text: documents[index] ?? '' } } : {}) }))
      .sort((a, b) => b.relevance_score - a.relevance_score)
      .slice(0, request.top_n ?? scores.length)
    answer.json({ id: newId('rerank-'), object: 'list', model: turn.name, results, usage: { prompt_tokens: tokens, total_tokens: tokens } })
  })
}
