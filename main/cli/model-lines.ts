import { modelRoles, type BenchmarkFigures, type Model, type ModelsEvent, type Resident } from '#shared/contract/models.ts'
import type { LoadPlan } from '#shared/load-plan.ts'
import { servedNameOf } from '#shared/served-names.ts'
import { sizeWords } from '#shared/size-words.ts'
import { speculationWords } from '#shared/speculation.ts'

const count = (value: number): string => value.toLocaleString('en')

/** `models`: all that are known, since they settle how each is served. */
export function modelLine(model: Model, models: readonly Model[]): string {
  const abilities = [model.canChat ? 'chat' : '', model.canFill ? 'completion' : '', model.canEmbed ? 'embedding' : '', model.canRerank ? 'rerank' : ''].filter(Boolean).join(', ') || 'no chat, no completion'
  return `${[model.name, servedNameOf(model.id, models), `${(model.parameters / 1e6).toLocaleString('en', { maximumFractionDigits: 0 })} million weights`, model.quantization, sizeWords(model.sizeBytes), abilities, model.path].join('  ')}\n`
}

type State = Pick<Extract<ModelsEvent, { type: 'snapshot' }>, 'models' | 'roles'>

export function residentLine({ modelId, process, status, facts, plan, isPinned, memoryBytes, speculation, reason, error }: Resident, { models, roles }: State): string {
  const name = models.find(model => model.id === modelId)?.name ?? modelId
  const own = modelRoles.filter(role => roles[role] === modelId || (role === 'completion' && roles.completion === null && roles.chat === modelId))
  const how = facts ? [`${count(facts.contextTokens)} tokens of context`, ...(plan ? [`${plan.kvCacheType} cache`, `batches of ${count(plan.batchTokens)}`] : []), `${facts.device}, ${facts.threads} ${facts.threads === 1 ? 'thread' : 'threads'}`, ...(facts.gpuLayers > 0 ? [`${facts.gpuLayers} layers on the graphics card`] : [])] : []
  const parts = [`${status}: ${name}`, process, sizeWords(memoryBytes), own.join(', ') || 'no role', ...(isPinned ? ['pinned'] : []), ...how, ...(error ? [error.code] : [])]
  return `${parts.join('  ')}\n${speculation ? `  Guesses ahead: ${speculationWords(speculation)}\n` : ''}${reason ? `  ${reason}\n` : ''}`
}

export function planLines(plan: LoadPlan): string {
  const { fits, freeBytes, freeGpuBytes, reason, smaller, speculation } = plan
  const room = `${sizeWords(freeBytes)} may be taken${freeGpuBytes === null ? '' : `, ${sizeWords(freeGpuBytes)} on the graphics card`}`
  const other = smaller ? `${fits ? 'Next smaller' : 'Would fit'}: ${wayWords(smaller)}\n` : ''
  return `${fits ? 'It fits' : 'It does not fit'}: ${wayWords(plan)}; ${room}.\n${reason ? `${reason}\n` : ''}${speculation ? `Guesses ahead: ${speculationWords(speculation)}\n` : ''}${other}`
}

function wayWords({ contextTokens, sequences, kvCacheType, batchTokens, gpuLayers, layers, freeGpuBytes, totalBytes, weightsBytes, cacheBytes, computeBytes }: Omit<LoadPlan, 'smaller'>): string {
  return `${count(contextTokens)} tokens of context for ${count(sequences)} ${sequences === 1 ? 'answer' : 'answers'} at a time, ${kvCacheType} cache, batches of ${count(batchTokens)}${freeGpuBytes === null ? '' : `, ${gpuLayers} of ${layers} layers on the graphics card`}; ${sizeWords(totalBytes)} (weights ${sizeWords(weightsBytes)}, cache ${sizeWords(cacheBytes)}, computing ${sizeWords(computeBytes)})`
}

export function benchmarkLines({ prefillTokensPerSecond, tokensPerSecond, firstTokenMilliseconds, embeddingTokensPerSecond, promptTokens, tokens, rounds, threads, device }: BenchmarkFigures): string {
  const rate = (value: number): string => `${value.toLocaleString('en', { maximumFractionDigits: value < 10 ? 1 : 0 })} tokens/s`
  return [
    ...(prefillTokensPerSecond === null ? [] : [`reading   ${rate(prefillTokensPerSecond)}, ${count(promptTokens)} tokens`]),
    ...(tokensPerSecond === null ? [] : [`writing   ${rate(tokensPerSecond)}, ${count(tokens)} tokens`]),
    ...(firstTokenMilliseconds === null ? [] : [`first     ${firstTokenMilliseconds.toLocaleString('en', { maximumFractionDigits: 0 })} ms`]),
    ...(embeddingTokensPerSecond === null ? [] : [`vectors   ${rate(embeddingTokensPerSecond)}, ${count(promptTokens)} tokens`]),
    `medians of ${rounds} ${rounds === 1 ? 'round' : 'rounds'} on ${device}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
  ].map(line => `${line}\n`).join('')
}
