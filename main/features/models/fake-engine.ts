import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '#shared/errors.ts'
import type { ChatTurn, Embedding, FillRequest, FillResult, GenerateEvent, GenerateRequest, TokenLogprob, ToolCall } from '../../../native/inference/contract.ts'
import type { AnswerUse, Engine, EngineModel } from './engine.ts'

/** An engine that says what a test gave it; a token is a word with the space before it. */
export class FakeEngine implements Engine {
  model: EngineModel | null = { id: 'fake', name: 'Fake model', contextTokens: 1024, canChat: true, canFill: true, canEmbed: true, canRerank: true, destination: 'local' }
  /** Answers to come, in order; the last is repeated. */
  answers: string[] = ['A short answer.']
  fills: string[] = ['completed()']
  /** Thrown by the next answer after so many tokens. */
  failure: { afterTokens: number; error: Error } | null = null
  /** What the next answers think before they begin; none when empty. */
  reasoning = ''
  /** Calls that an answer ends with where tools were given, instead of text. */
  calls: ToolCall[] = []
  /** Prompt tokens that were still in memory. */
  reusedTokens = 0
  /** Rest before each token, so that a test can stop an answer in the middle. */
  millisecondsPerToken = 0
  readonly asked: GenerateRequest[] = []
  /** Of each that was asked, whether it goes on a conversation. */
  readonly ofConversations: boolean[] = []
  readonly filled: FillRequest[] = []
  /** Answers that are being written now. */
  running = 0

  get modelId(): string | null {
    return this.model?.id ?? null
  }

  async ready(signal?: AbortSignal): Promise<EngineModel> {
    signal?.throwIfAborted()
    if (!this.model) throw new AppError('MODEL_NOT_LOADED', {})
    return this.model
  }

  async countTokens(texts: readonly string[], signal?: AbortSignal): Promise<number[]> {
    await this.ready(signal)
    return texts.map(text => tokensOf(text).length)
  }

  /** Two tokens for each turn's frame and two for the opening of the answer. */
  async countChatTokens(turns: readonly ChatTurn[], signal?: AbortSignal): Promise<number> {
    const counts = await this.countTokens(turns.map(turn => turn.text), signal)
    return counts.reduce((sum, count) => sum + count + 2, 2)
  }

  async *generate(request: GenerateRequest, signal?: AbortSignal, { isConversation = false }: AnswerUse = {}): AsyncGenerator<GenerateEvent, void, void> {
    const model = await this.ready(signal)
    if (!model.canChat) throw new AppError('MODEL_CANNOT_CHAT', { id: model.id })
    const promptTokens = typeof request.text === 'string' ? tokensOf(request.text).length : await this.countChatTokens(request.turns, signal)
    if (promptTokens >= model.contextTokens)
      throw new AppError('CONTEXT_OVERFLOW', { promptTokens, availableTokens: model.contextTokens - 1, contextTokens: model.contextTokens })
    this.asked.push(request)
    this.ofConversations.push(isConversation)
    const calls = request.tools?.length && request.toolChoice !== 'none' ? this.calls.slice(0, request.mostCalls) : []
    const { text: whole, stopText } = cutAt(calls.length > 0 ? '' : next(this.answers), request.stop ?? [])
    const all = tokensOf(whole)
    const thoughts = tokensOf(this.reasoning)
    const answer = all.slice(0, request.maxTokens)
    let tokens = 0
    this.running++
    try {
      for (const text of thoughts) yield { type: 'reasoning-delta', text, tokens: ++tokens }
      for (const [index, text] of answer.entries()) {
        if (this.millisecondsPerToken > 0) await sleep(this.millisecondsPerToken, undefined, { signal }).catch(() => signal?.throwIfAborted())
        signal?.throwIfAborted()
        this.#failAt(index)
        yield { type: 'text-delta', text, tokens: ++tokens, ...(request.logprobs === undefined ? {} : { logprobs: [logprobOf(text, request.logprobs)] }) }
      }
      this.#failAt(answer.length)
      for (const call of calls) yield { type: 'tool-call', call, tokens: ++tokens }
    } finally {
      this.running--
    }
    const figures = { promptTokens, reusedTokens: this.reusedTokens, tokens, tokensPerSecond: 100, firstTokenMilliseconds: 10, milliseconds: tokens * 10 }
    const stopReason = calls.length > 0 ? 'tool-calls' : all.length > answer.length ? 'max-tokens' : stopText !== null ? 'stop-text' : 'end-of-text'
    yield { type: 'generate-end', stopReason, ...(stopText === null ? {} : { stopText }), ...figures }
  }

  async complete(request: FillRequest, signal?: AbortSignal): Promise<FillResult> {
    const model = await this.ready(signal)
    if (!model.canFill) throw new AppError('MODEL_CANNOT_FILL', { id: model.id })
    this.filled.push(request)
    if (this.millisecondsPerToken > 0) await sleep(this.millisecondsPerToken, undefined, { signal }).catch(() => signal?.throwIfAborted())
    const text = next(this.fills)
    return { text, tokens: tokensOf(text).length, promptTokens: tokensOf(request.prefix + request.suffix).length, milliseconds: 5, stopReason: 'end-of-scope' }
  }

  /** Two numbers, of how many words there are and how many letters. */
  async embed(texts: readonly string[], signal?: AbortSignal): Promise<Embedding[]> {
    const model = await this.ready(signal)
    if (!model.canEmbed) throw new AppError('MODEL_CANNOT_EMBED', { id: model.id })
    return texts.map(text => {
      const tokens = tokensOf(text).length
      const length = Math.hypot(tokens, text.length) || 1
      return { vector: [tokens / length, text.length / length], tokens }
    })
  }

  /** The share of the query's words that stand in the document. */
  async rerank(query: string, documents: readonly string[], signal?: AbortSignal): Promise<{ scores: number[]; tokens: number }> {
    const model = await this.ready(signal)
    if (!model.canRerank) throw new AppError('MODEL_CANNOT_RERANK', { id: model.id })
    const words = query.split(/\s+/).filter(Boolean)
    const scores = documents.map(document => words.filter(word => document.includes(word)).length / Math.max(1, words.length))
    return { scores, tokens: tokensOf([query, ...documents].join(' ')).length }
  }

  #failAt(tokens: number): void {
    if (this.failure?.afterTokens !== tokens) return
    const { error } = this.failure
    this.failure = null
    throw error
  }
}

function tokensOf(text: string): string[] {
  return text.match(/\s*\S+|\s+$/g) ?? []
}

/** The text before the first of these, and which of them it was. */
function cutAt(text: string, stop: readonly string[]): { text: string; stopText: string | null } {
  const [first] = stop.map(word => ({ word, at: text.indexOf(word) })).filter(({ at }) => at >= 0).sort((a, b) => a.at - b.at)
  return first ? { text: text.slice(0, first.at), stopText: first.word } : { text, stopText: null }
}

/** Every token has a chance of a half, and as many likeliest as were asked for. */
function logprobOf(text: string, count: number): TokenLogprob {
  return { text, logprob: Math.log(0.5), top: [text, ' other', ' another'].slice(0, count).map((one, index) => ({ text: one, logprob: Math.log(0.5 ** (index + 1)) })) }
}

function next(script: string[]): string {
  return (script.length > 1 ? script.shift() : script[0]) ?? ''
}
