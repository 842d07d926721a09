import { AppError } from '#shared/errors.ts'
import type { GenerateEvent, GenerateRequest } from './contract.ts'
import { EventQueue } from './event-queue.ts'
import type { ModelInstance } from './model-instance.ts'
import { TextFeed } from './text-feed.ts'

/** Room that a prompt must leave for the answer, in tokens. */
const leastAnswerTokens = 8

/** Streams an answer. The model writes on while the reader reads; leaving the stream or aborting stops it. */
export async function* generate(model: ModelInstance, request: GenerateRequest, signal: AbortSignal | undefined): AsyncGenerator<GenerateEvent, void, void> {
  const prompt = model.chatPrompt(request.turns)
  const contextTokens = model.facts.contextTokens
  const availableTokens = contextTokens - leastAnswerTokens
  if (prompt.length > availableTokens) throw new AppError('CONTEXT_OVERFLOW', { promptTokens: prompt.length, availableTokens, contextTokens })
  const left = new AbortController()
  const events = new EventQueue<GenerateEvent>()
  const all = AbortSignal.any([...(signal ? [signal] : []), left.signal, model.closed])
  const work = write(model, request, prompt, events, all).then(
    () => events.end(),
    (error: unknown) => events.fail(error),
  )
  try {
    yield* events.read()
  } finally {
    left.abort()
    await work
  }
}

async function write(model: ModelInstance, request: GenerateRequest, prompt: ReturnType<ModelInstance['chatPrompt']>, events: EventQueue<GenerateEvent>, signal: AbortSignal): Promise<void> {
  const start = performance.now()
  // llama.cpp keeps one cell free.
  const maxTokens = Math.min(request.maxTokens, model.facts.contextTokens - 1 - prompt.length)
  const feed = new TextFeed(model.llamaModel, request.ignoreEndOfText ? [] : model.stopTexts)
  let tokens = 0
  let firstTokenAt = start
  let reusedTokens = 0
  let stopReason: 'end-of-text' | 'max-tokens' = 'max-tokens'
  await model.chatLane.run(
    {
      prompt,
      sampling: { temperature: request.temperature, ...(request.seed === null ? {} : { seed: request.seed }) },
      onStart: reused => (reusedTokens = reused),
      onToken: token => {
        const now = performance.now()
        if (!request.ignoreEndOfText && model.llamaModel.isEogToken(token)) {
          stopReason = 'end-of-text'
          return false
        }
        if (++tokens === 1) firstTokenAt = now
        const ready = feed.take(token, now)
        if (ready && ready.text !== '') events.push({ type: 'text-delta', text: ready.text, tokens })
        if (ready?.isStopped) stopReason = 'end-of-text'
        return !ready?.isStopped && tokens < maxTokens
      },
    },
    signal,
  )
  const rest = feed.end()
  if (rest.text !== '') events.push({ type: 'text-delta', text: rest.text, tokens })
  const end = performance.now()
  const seconds = (end - firstTokenAt) / 1000
  const tokensPerSecond = tokens > 1 && seconds > 0 ? (tokens - 1) / seconds : 0
  const times = { tokensPerSecond, firstTokenMilliseconds: firstTokenAt - start, milliseconds: end - start }
  events.push({ type: 'generate-end', stopReason, promptTokens: prompt.length, reusedTokens, tokens, ...times })
}
