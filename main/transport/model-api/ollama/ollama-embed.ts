import { z } from 'zod'
import type { Exchange } from '../exchange.ts'
import { checkDimensions, readTexts } from '../openai/embeddings.ts'
import { parse } from '../read-body.ts'

const EmbedRequest = z.object({
  model: z.string().min(1),
  input: z.union([z.string(), z.array(z.string()).max(2048)]).nullish(),
  dimensions: z.number().int().nullish(),
})
const EmbeddingsRequest = z.object({ model: z.string().min(1), prompt: z.string().nullish() })

/** `POST /api/embed`. A text that is too long is an error, whatever `truncate` says: nothing is cut in silence. */
export async function ollamaEmbed({ server, caller, endpoint, body, answer, signal }: Exchange): Promise<void> {
  const request = parse(EmbedRequest, body)
  const texts = readTexts(request.input ?? [], 'input')
  await server.serve({ caller, endpoint, scope: 'embeddings', role: 'embedding', model: request.model, prompt: JSON.stringify(texts), signal }, async turn => {
    const started = performance.now()
    const made = texts.length === 0 ? [] : await turn.embed(texts)
    checkDimensions(request.dimensions || null, made[0]?.vector.length)
    const tokens = made.reduce((sum, one) => sum + one.tokens, 0)
    answer.json({ model: turn.name, embeddings: made.map(({ vector }) => vector), total_duration: Math.round((performance.now() - started) * 1e6), load_duration: 0, prompt_eval_count: tokens })
  })
}

/** `POST /api/embeddings`, which `/api/embed` replaced. */
export async function ollamaEmbeddings({ server, caller, endpoint, body, answer, signal }: Exchange): Promise<void> {
  const request = parse(EmbeddingsRequest, body)
  const texts = readTexts(request.prompt ?? '', 'prompt')
  await server.serve({ caller, endpoint, scope: 'embeddings', role: 'embedding', model: request.model, prompt: JSON.stringify(texts), signal }, async turn => {
    const [made] = await turn.embed(texts)
    answer.json({ embedding: made?.vector ?? [] })
  })
}
