import type { EngineState, Model, ModelRole } from '#shared/contract/models.ts'
import { sizeWords } from '#shared/size-words.ts'

/** `8.4M`, `7.6B` weights, as models are named. */
export function weightWords(count: number): string {
  if (count >= 999_500_000) return `${trim(count / 1e9)}B`
  if (count >= 999_500) return `${trim(count / 1e6)}M`
  return `${Math.max(1, Math.round(count / 1000))}k`
}

function trim(value: number): string {
  return value >= 99.95 ? String(Math.round(value)) : value.toFixed(1).replace(/\.0$/, '')
}

/** Context lengths are powers of two: `8k` is 8,192. */
export function contextWords(tokens: number): string {
  if (tokens < 1024) return `${tokens} tokens`
  const thousands = tokens / 1024
  return `${Number.isInteger(thousands) ? thousands : trim(thousands)}k tokens`
}

/** `8.4M weights · Q8_0 · 2k tokens · 9.0 MB`. */
export function modelDetails(model: Model): string {
  return [`${weightWords(model.parameters)} weights`, model.quantization, contextWords(model.contextLength), sizeWords(model.sizeBytes)].join(' · ')
}

/** Where it runs: `Processor, 4 threads` or `Vulkan, 28 layers`. */
export function deviceWords({ device, threads, gpuLayers }: Pick<Extract<EngineState, { status: 'ready' }>, 'device' | 'threads' | 'gpuLayers'>): string {
  const names: Record<string, string> = { cuda: 'CUDA', vulkan: 'Vulkan', metal: 'Metal' }
  if (device === 'cpu' || gpuLayers === 0) return `Processor, ${threads} ${threads === 1 ? 'thread' : 'threads'}`
  return `${names[device] ?? device}, ${gpuLayers} ${gpuLayers === 1 ? 'layer' : 'layers'}`
}

/** What a model cannot do, in words; empty when it can do both. */
export function lacks({ canChat, canFill }: Pick<Model, 'canChat' | 'canFill'>): string {
  if (canChat && canFill) return ''
  if (!canChat && !canFill) return 'Neither chat nor completion'
  return canChat ? 'Chat only, no completion' : 'Completion only, no chat'
}

export const roleNames: Readonly<Record<ModelRole, string>> = { chat: 'Chat and edit', completion: 'Completion', embedding: 'Embedding', rerank: 'Rerank' }

/** What a model can be used for, as one word each. */
export function usesWords(model: Pick<Model, 'use' | 'canChat' | 'canFill'>): string {
  if (model.use === 'embed') return 'embedding'
  if (model.use === 'rerank') return 'rerank'
  return [model.canChat && 'chat', 'completion'].filter(Boolean).join(', ')
}

/** Whether a model can have a role; one without fill-in tokens is asked to complete in words. */
export function canHave({ use }: Pick<Model, 'use'>, role: ModelRole): boolean {
  return use === 'generate' ? role === 'chat' || role === 'completion' : role === (use === 'embed' ? 'embedding' : 'rerank')
}

const sources: Readonly<Record<Model['source'], string>> = { bundled: 'comes with Cortex', added: 'your file', downloaded: 'downloaded', ollama: 'Ollama', 'lm-studio': 'LM Studio', 'hugging-face': 'Hugging Face cache' }
export function sourceWords(source: Model['source']): string {
  return sources[source]
}

/** `41`, `6.2`, `1,910`: a speed without a false exactness. */
export function speedWords(tokensPerSecond: number | null): string {
  if (tokensPerSecond === null) return '–'
  return tokensPerSecond > 0 && tokensPerSecond < 10 ? tokensPerSecond.toFixed(1) : Math.round(tokensPerSecond).toLocaleString('en-US')
}
