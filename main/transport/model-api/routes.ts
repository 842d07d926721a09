import { anthropic } from './anthropic/anthropic-error.ts'
import { countTokens, messages } from './anthropic/messages-answer.ts'
import type { Provider, Route } from './exchange.ts'
import { ollamaChat, ollamaGenerate } from './ollama/ollama-answer.ts'
import { ollamaEmbed, ollamaEmbeddings } from './ollama/ollama-embed.ts'
import { ollama } from './ollama/ollama-error.ts'
import { ollamaLoaded, ollamaManage, ollamaShow, ollamaTags, ollamaVersion } from './ollama/ollama-models.ts'
import { chatCompletions } from './openai/chat-answer.ts'
import { completions } from './openai/completions.ts'
import { embeddings } from './openai/embeddings.ts'
import { describeModel, listModels } from './openai/models.ts'
import { openai } from './openai/openai-error.ts'
import { rerank } from './openai/rerank.ts'
import { responses } from './openai/responses-answer.ts'

type Handle = Route['handle']

const get = (handle: Handle): Record<string, Handle> => ({ GET: handle })
const post = (handle: Handle): Record<string, Handle> => ({ POST: handle })
const manage = { POST: ollamaManage, DELETE: ollamaManage }

const openaiPaths: Record<string, Record<string, Handle>> = {
  '/v1/models': get(listModels),
  '/v1/models/{id}': get(describeModel),
  '/v1/chat/completions': post(chatCompletions),
  '/v1/completions': post(completions),
  '/v1/embeddings': post(embeddings),
  '/v1/responses': post(responses),
  '/v1/rerank': post(rerank),
}
const anthropicPaths: Record<string, Record<string, Handle>> = {
  '/v1/messages': post(messages),
  '/v1/messages/count_tokens': post(countTokens),
}
const ollamaPaths: Record<string, Record<string, Handle>> = {
  '/api/version': get(ollamaVersion),
  '/api/tags': get(ollamaTags),
  '/api/ps': get(ollamaLoaded),
  '/api/show': post(ollamaShow),
  '/api/chat': post(ollamaChat),
  '/api/generate': post(ollamaGenerate),
  '/api/embed': post(ollamaEmbed),
  '/api/embeddings': post(ollamaEmbeddings),
  '/api/pull': manage,
  '/api/push': manage,
  '/api/create': manage,
  '/api/copy': manage,
  '/api/delete': manage,
}

export const modelApiPaths: readonly string[] = [...Object.keys(openaiPaths), ...Object.keys(anthropicPaths), ...Object.keys(ollamaPaths)]

export interface Found {
  provider: Provider
  endpoint: string
  named: string
  /** By method; null: nothing has this path. */
  methods: Record<string, Handle> | null
}

/** Which interface a path belongs to and what answers there; null for a path of the page or of Cortex's own interface. */
export function findRoute(path: string, isAnthropic: boolean): Found | null {
  const named = /^\/v1\/models\/(.+)$/.exec(path)?.[1]
  const endpoint = named === undefined ? path : '/v1/models/{id}'
  const other = isAnthropic || path.startsWith('/v1/messages') ? anthropic : openai
  const own = (paths: Record<string, Record<string, Handle>>): Record<string, Handle> | null => (Object.hasOwn(paths, endpoint) ? (paths[endpoint] ?? null) : null)
  if (path === '/v1' || path.startsWith('/v1/')) return { provider: other, endpoint, named: decoded(named), methods: own(openaiPaths) ?? own(anthropicPaths) }
  const methods = own(ollamaPaths)
  return methods && { provider: ollama, endpoint, named: '', methods }
}

function decoded(name: string | undefined): string {
  try {
    return decodeURIComponent(name ?? '')
  } catch {
    return ''
  }
}
