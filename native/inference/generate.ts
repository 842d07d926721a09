import type { Token } from 'node-llama-cpp'
import { AppError } from '#shared/errors.ts'
import { Answer } from './answer.ts'
import type { ChatPrompt } from './chat-template.ts'
import type { GenerateRequest, GenerateStep } from './contract.ts'
import { EventQueue } from './event-queue.ts'
import type { ModelInstance } from './model-instance.ts'

/** Room that a prompt must leave for the answer, in tokens. */
const leastAnswerTokens = 8

/** Streams an answer. The model writes on while the reader reads; leaving the stream or aborting stops it. */
export async function* generate(model: ModelInstance, request: GenerateRequest, signal: AbortSignal | undefined): AsyncGenerator<GenerateStep, void, void> {
  const prompt = promptOf(model, request)
  const contextTokens = model.facts.contextTokens
  const availableTokens = contextTokens - leastAnswerTokens
  if (prompt.tokens.length > availableTokens) throw new AppError('CONTEXT_OVERFLOW', { promptTokens: prompt.tokens.length, availableTokens, contextTokens })
  const left = new AbortController()
  const events = new EventQueue<GenerateStep>()
  const all = AbortSignal.any([model.until(signal), left.signal])
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

function promptOf(model: ModelInstance, request: GenerateRequest): ChatPrompt {
  if (request.text !== undefined && request.text !== null) return { tokens: plainPrompt(model, request.text), isThinking: false, begun: '' }
  const tools = request.toolChoice === 'none' ? [] : (request.tools ?? [])
  return model.template.render(request.turns, tools)
}

function plainPrompt({ llamaModel }: ModelInstance, text: string): Token[] {
  const tokens = llamaModel.tokenize(text, true)
  const { bos, eos, shouldPrependBosToken } = llamaModel.tokens
  const isBegun = tokens[0] !== undefined && tokens[0] === bos
  if (shouldPrependBosToken && bos !== null && !isBegun) return [bos, ...tokens]
  // A decode needs a token to begin with.
  const first = bos ?? eos
  return tokens.length === 0 && first !== null ? [first] : tokens
}

async function write(model: ModelInstance, request: GenerateRequest, prompt: ChatPrompt, queue: EventQueue<GenerateStep>, signal: AbortSignal): Promise<void> {
  const start = performance.now()
  await model.chatLanes.use(prompt.tokens, signal, async lane => {
    const template = request.text === undefined || request.text === null ? model.template : null
    const before = lane.drafted
    const answer = new Answer({ model, request, prompt, template, lane, queue, signal })
    const { stopReason, stopText } = await answer.write()
    const end = performance.now()
    const { tokens } = answer
    const firstTokenAt = answer.firstTokenAt ?? end
    const seconds = (end - firstTokenAt) / 1000
    const after = lane.drafted
    const drafted = { tokens: after.tokens - before.tokens, accepted: after.accepted - before.accepted }
    queue.push({
      type: 'generate-end',
      stopReason,
      stopText,
      ...(drafted.tokens > 0 && { drafted }),
      promptTokens: prompt.tokens.length,
      reusedTokens: answer.reusedTokens ?? 0,
      tokens,
      tokensPerSecond: tokens > 1 && seconds > 0 ? (tokens - 1) / seconds : 0,
      firstTokenMilliseconds: firstTokenAt - start,
      milliseconds: end - start,
    })
  })
}
