import { randomBytes } from 'node:crypto'
import type { Token } from 'node-llama-cpp'
import { AnswerEvents } from './answer-events.ts'
import { AnswerText, type AnswerReader, type Found, type Marks } from './answer-text.ts'
import type { CallMarks, ChatPrompt, ChatTemplate } from './chat-template.ts'
import { Constraint } from './constraint.ts'
import type { GenerateEvent, GenerateRequest, GenerateStep, Tool } from './contract.ts'
import type { EventQueue } from './event-queue.ts'
import { harmony, HarmonyText } from './harmony-text.ts'
import { choiceGrammar, jsonGrammar, orFreely, schemaGrammar } from './json-grammar.ts'
import type { Lane, LaneTask } from './lane.ts'
import { chooseToken, logprobOf, seededRandom, withoutTemperature } from './logprobs.ts'
import type { ModelInstance } from './model-instance.ts'
import { PromptReading } from './prompt-reading.ts'
import { samplingOf } from './sampling.ts'
import { TokenText } from './token-text.ts'

const mostCalls = 16

type StopReason = Extract<GenerateEvent, { type: 'generate-end' }>['stopReason']
type End = { reason: Exclude<StopReason, 'tool-calls'>; stopText?: string } | { reason: 'call' }

interface Parts {
  model: ModelInstance
  request: GenerateRequest
  prompt: ChatPrompt
  /** Null where the prompt is plain text. */
  template: ChatTemplate | null
  lane: Lane
  queue: EventQueue<GenerateStep>
  signal: AbortSignal
}

/** One answer as it is written: text, reasoning and calls, each a run of its own on the same lane that goes on where the last one ended. */
export class Answer {
  readonly #parts: Parts
  readonly #events: AnswerEvents
  readonly #reading: PromptReading
  readonly #sampling: LaneTask['sampling']
  readonly #random: () => number
  /** The prompt and all that followed. */
  #context: Token[]
  #callCount = 0
  tokens = 0
  firstTokenAt: number | null = null
  /** Of the prompt. */
  reusedTokens: number | null = null

  constructor(parts: Parts) {
    const { model, request, prompt, queue } = parts
    this.#parts = parts
    this.#events = new AnswerEvents(queue)
    this.#reading = new PromptReading(queue)
    this.#context = [...prompt.tokens]
    this.#sampling = samplingOf(model.llamaModel, request, () => this.#context)
    // samplingOf always sets one.
    this.#random = seededRandom(this.#sampling.seed ?? 0)
  }

  async write(): Promise<{ stopReason: StopReason; stopText: string | null }> {
    const { request, prompt, template } = this.#parts
    const tools = request.tools ?? []
    const choice = request.toolChoice ?? 'auto'
    if (template && tools.length > 0 && choice !== 'auto' && choice !== 'none') {
      if (prompt.isThinking) this.#context.push(...template.opening(prompt))
      const wanted = choice === 'required' ? tools : tools.filter(tool => tool.name === choice.name)
      const isWhole = await this.#writeCall(template.calls, wanted.length > 0 ? wanted : tools)
      return { stopReason: isWhole ? 'tool-calls' : 'max-tokens', stopText: null }
    }
    const callable = template && choice === 'auto' ? tools : []
    let end = await this.#writeText(callable.length > 0, prompt)
    while (end.reason === 'call' && template) {
      if (!(await this.#writeCall(template.calls, callable))) return { stopReason: 'max-tokens', stopText: null }
      if (!template.calls.canFollow || this.#callCount >= Math.min(request.mostCalls ?? mostCalls, mostCalls)) return { stopReason: 'tool-calls', stopText: null }
      end = await this.#writeText(true, { isThinking: false, begun: '' })
    }
    if (this.#callCount > 0) return { stopReason: 'tool-calls', stopText: null }
    return { stopReason: end.reason === 'call' ? 'end-of-text' : end.reason, stopText: 'stopText' in end ? (end.stopText ?? null) : null }
  }

  /** After a call only blanks and the next call are taken. */
  async #writeText(canCall: boolean, begin: Pick<ChatPrompt, 'isThinking' | 'begun'>): Promise<End> {
    const { model, request, signal } = this.#parts
    const marks = this.#marks(canCall)
    const all = Object.values(marks).flat() as string[]
    const isHarmony = this.#parts.template?.isHarmony === true && !request.ignoreEndOfText
    if (isHarmony) all.push(...Object.values(harmony))
    const reader = new TokenText(model.llamaModel, this.#context, text => all.some(mark => mark.includes(text)))
    const answer = isHarmony ? new HarmonyText({ stops: marks.stops, canCall, hasFormat: (request.format?.type ?? 'text') !== 'text' }, begin.begun) : new AnswerText(marks, begin.isThinking)
    const constraint = await this.#format(marks.callPrefixes)
    const isAfterCall = this.#callCount > 0
    const start = this.#context.length
    const characters: number[] = []
    // Else its type would be taken from this beginning alone: it is set in a callback.
    let end = { reason: 'max-tokens' } as End
    let callAt = 0
    const heed = (found: readonly Found[]): boolean => {
      for (const part of found) {
        if (part.type === 'text' || part.type === 'reasoning') {
          if (!isAfterCall) this.#events.say(part.type, part.text, this.tokens)
          else if (part.text.trim() !== '') {
            end = { reason: 'end-of-text' }
            return false
          }
          continue
        }
        if (part.type === 'call') callAt = part.at
        end = part.type === 'call' ? { reason: 'call' } : part.type === 'stop' ? { reason: 'stop-text', stopText: part.stopText } : { reason: 'end-of-text' }
        return false
      }
      return true
    }
    await this.#run(constraint, { ...this.#choosing(constraint, answer), ...(constraint && { grammar: () => (answer.isSaying ? constraint.state : undefined) }) }, token => {
      const text = reader.take(token)
      characters.push((characters.at(-1) ?? 0) + text.length)
      const goesOn = heed(answer.take(text))
      if (goesOn) this.#events.passed(this.tokens, performance.now())
      return goesOn
    }, () => (end = { reason: 'end-of-text' }))
    signal.throwIfAborted()
    if (end.reason === 'max-tokens' || end.reason === 'end-of-text') {
      const left = reader.end()
      heed([...(left === '' ? [] : answer.take(left)), ...answer.end()])
    }
    this.#events.flush(this.tokens)
    // What was written of the call is taken back, and written again as the model's language has it.
    if (end.reason === 'call') this.#cutBack(start, characters, callAt)
    return end
  }

  /** False where the room ended before the call did. */
  async #writeCall(marks: CallMarks, tools: readonly Tool[]): Promise<boolean> {
    const { llamaModel } = this.#parts.model
    const before = this.#context
    let [tool] = tools
    if (tools.length > 1) {
      this.#context = [...before, ...marks.beginning]
      const name = await this.#writeConstrained(choiceGrammar(tools.map(each => each.name)))
      tool = tools.find(each => each.name === name)
    }
    if (!tool) return false
    this.#context = [...before, ...marks.opening(tool.name)]
    const takesNothing = Object.keys((tool.parameters?.['properties'] as object | undefined) ?? {}).length === 0 && !tool.parameters?.['$ref'] && !tool.parameters?.['additionalProperties']
    const parameters = takesNothing ? '{}' : await this.#writeConstrained(schemaGrammar({ type: 'object', ...tool.parameters }, { isLenient: true }))
    if (parameters === null) return false
    if (takesNothing) this.#context.push(...llamaModel.tokenize('{}'))
    this.#context.push(...marks.suffix(tool.name))
    this.#callCount++
    this.#parts.queue.push({ type: 'tool-call', call: { id: `call_${randomBytes(12).toString('hex')}`, name: tool.name, parameters }, tokens: this.tokens })
    return true
  }

  /** Writes until the grammar is fulfilled; null where the room ended before. */
  async #writeConstrained(gbnf: string): Promise<string | null> {
    const constraint = await Constraint.of(this.#parts.model.llamaModel, gbnf)
    const reader = new TokenText(this.#parts.model.llamaModel, this.#context, () => true)
    let text = ''
    let isWhole = false
    await this.#run(constraint, { grammar: () => constraint.state }, token => {
      text += reader.take(token)
      return true
    }, () => (isWhole = true))
    return isWhole ? (text + reader.end()).trim() : null
  }

  async #run(constraint: Constraint | null, how: { grammar?: () => Constraint['state'] | undefined; choose?: LaneTask['choose'] }, onToken: (token: Token) => boolean, onEnd: () => void): Promise<void> {
    const { model, request, lane, signal } = this.#parts
    const { ignoreEndOfText } = request
    // llama.cpp keeps one cell free.
    const most = Math.min(request.maxTokens - this.tokens, model.facts.contextTokens - 1 - this.#context.length)
    if (most <= 0) return
    let written = 0
    const isRaw = how.choose !== undefined && constraint === null
    await Constraint.during(constraint, signal, () =>
      lane.run(
        {
          prompt: [...this.#context],
          isRepeatable: request.seed !== null,
          sampling: { ...this.#sampling, ...(isRaw && { temperature: 0 }), ...(how.grammar && { grammarEvaluationState: how.grammar }) },
          ...(how.choose && { choose: how.choose }),
          onStart: reused => {
            if (this.reusedTokens === null) this.#reading.begin(this.#context.length - reused)
            this.reusedTokens ??= reused
          },
          onRead: tokens => this.#reading.read(tokens),
          onToken: token => {
            if (!ignoreEndOfText && model.llamaModel.isEogToken(token)) {
              onEnd()
              return false
            }
            if (this.firstTokenAt === null) this.#reading.end()
            this.firstTokenAt ??= performance.now()
            this.tokens++
            written++
            this.#context.push(token)
            return onToken(token) && written < most
          },
        },
        signal,
      ),
    )
  }

  /** How a token is taken where the request wants to know probabilities. */
  #choosing(constraint: Constraint | null, answer: AnswerReader): { choose?: NonNullable<LaneTask['choose']> } {
    const { model, request } = this.#parts
    const { logprobs } = request
    if (logprobs === undefined) return {}
    return {
      choose: (chosen, probabilities) => {
        const raw = constraint ? withoutTemperature(probabilities, request.temperature) : probabilities
        const token = constraint ? chosen : chooseToken(raw, request, this.#random)
        const isSaid = answer.isSaying && (request.ignoreEndOfText || !model.llamaModel.isEogToken(token))
        if (isSaid) this.#events.addLogprob(logprobOf(model.llamaModel, token, raw, logprobs))
        return token
      },
    }
  }

  #marks(canCall: boolean): Marks {
    const { request, template } = this.#parts
    if (request.ignoreEndOfText) return { ends: [], stops: request.stop ?? [], thoughtPrefixes: [], thoughtSuffixes: [], callPrefixes: [] }
    return {
      ends: template?.stopTexts ?? [],
      stops: request.stop ?? [],
      thoughtPrefixes: template?.thought.prefixes ?? [],
      thoughtSuffixes: template?.thought.suffixes ?? [],
      callPrefixes: canCall ? (template?.calls.prefixes ?? []) : [],
    }
  }

  async #format(callPrefixes: readonly string[]): Promise<Constraint | null> {
    const { format } = this.#parts.request
    if (!format || format.type === 'text' || this.#callCount > 0) return null
    const gbnf = format.type === 'json' ? jsonGrammar() : schemaGrammar(format.schema)
    const [call] = callPrefixes
    return Constraint.of(this.#parts.model.llamaModel, call === undefined ? gbnf : orFreely(gbnf, call))
  }

  #cutBack(start: number, characters: readonly number[], at: number): void {
    const kept = characters.filter(count => count <= at).length
    const written = this.#context.slice(start, start + characters.length)
    const rest = at - (characters[kept - 1] ?? 0)
    const half = written[kept]
    const text = rest > 0 && half !== undefined ? this.#parts.model.llamaModel.detokenize([half], true, this.#context.slice(0, start + kept)).slice(0, rest) : ''
    this.#context = [...this.#context.slice(0, start + kept), ...this.#parts.model.llamaModel.tokenize(text)]
  }
}
