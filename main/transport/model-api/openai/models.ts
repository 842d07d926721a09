import type { ServedModel } from '#shared/served-model.ts'
import type { Exchange } from '../exchange.ts'
import { seconds } from './chat-answer.ts'

/** `GET /v1/models`, for OpenAI's clients, and for Anthropic's, which say so in a header. */
export async function listModels({ server, caller, endpoint, headers, query, answer }: Exchange): Promise<void> {
  const models = await server.list(caller, endpoint)
  if (headers['anthropic-version'] === undefined) {
    answer.json({ object: 'list', data: models.map(forOpenai) })
    return
  }
  const after = models.findIndex(({ name }) => name === query.get('after_id')) + 1
  const limit = Math.min(1000, Math.max(1, Number(query.get('limit') ?? 20) || 20))
  const page = models.slice(after, after + limit)
  answer.json({ data: page.map(forAnthropic), has_more: after + limit < models.length, first_id: page[0]?.name ?? null, last_id: page.at(-1)?.name ?? null })
}

/** `GET /v1/models/{id}`. */
export async function describeModel({ server, caller, endpoint, headers, named, answer }: Exchange): Promise<void> {
  const model = await server.describe(caller, endpoint, named)
  answer.json(headers['anthropic-version'] === undefined ? forOpenai(model) : forAnthropic(model))
}

function forOpenai({ name, modifiedAt }: ServedModel) {
  return { id: name, object: 'model', created: modifiedAt ? seconds(modifiedAt) : 0, owned_by: 'cortex' }
}

function forAnthropic({ name, title, modifiedAt }: ServedModel) {
  return { type: 'model', id: name, display_name: title, created_at: (modifiedAt ?? new Date(0)).toISOString(), capabilities: null }
}
