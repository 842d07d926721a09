import { ChatMLChatWrapper, HarmonyChatWrapper, JinjaTemplateChatWrapper, LlamaText, resolveChatWrapper, SpecialToken, SpecialTokensText, type ChatWrapper, type LlamaModel, type Token } from 'node-llama-cpp'
import { AppError } from '#shared/errors.ts'
import type { ModelDescription } from '#shared/gguf/describe-model.ts'
import { functionsOf, historyOf } from './chat-history.ts'
import type { ChatTurn, LoadRequest, Tool } from './contract.ts'
import { narrowed } from './chat-wrapper.ts'
import { harmony } from './harmony-text.ts'
import { withTimeLimit } from './time-limit.ts'

/** A template renders in well under a millisecond; finding out what it does with calls takes some hundred renders. */
const limits = { render: 2_000, understand: 10_000 }

type Texts = readonly (string | LlamaText)[]

/** Marks of a call in the model's own language. `prefixes`: how it may begin; the first is how it is written here. */
export interface CallMarks {
  prefixes: readonly string[]
  canFollow: boolean
  /** Everything from the beginning of a call to its parameters. */
  opening(name: string): Token[]
  /** What stands between a call's beginning and a name that the model is to choose. */
  beginning: Token[]
  suffix(name: string): Token[]
}

export interface ChatPrompt {
  tokens: Token[]
  /** The answer begins inside the model's reasoning. */
  isThinking: boolean
  /** What the prompt has written of the answer; of an answer in messages alone. */
  begun: string
}

/** How a model was trained to see conversations, and what its answers look like. */
export class ChatTemplate {
  readonly #model: LlamaModel
  readonly #wrapper: ChatWrapper
  readonly #id: string
  /** Texts that end an answer although the model writes them as plain text. */
  readonly stopTexts: readonly string[]
  /** Around what a reasoning model writes for itself; empty where it does not. */
  readonly thought: { prefixes: readonly string[]; suffixes: readonly string[] }
  readonly calls: CallMarks
  /** Answers come as messages, each with a head; `HarmonyText` reads them. */
  readonly isHarmony: boolean

  constructor(model: LlamaModel, wrapper: ChatWrapper, id: string) {
    this.#model = model
    this.#wrapper = wrapper
    this.#id = id
    this.isHarmony = isHarmony(wrapper)
    const { functions, segments } = wrapper.settings
    this.stopTexts = this.#limited(limits.render, () => stopTextsOf(wrapper))
    const { thought } = segments ?? {}
    const prefix = thought?.prefix
    const isText = typeof prefix === 'string' || LlamaText.isLlamaText(prefix)
    this.thought = {
      prefixes: isText ? texts([prefix]) : thought ? ['<think>'] : [],
      suffixes: thought ? texts([thought.suffix ?? '', segments?.closeAllSegments ?? '', '</think>']) : [],
    }
    this.calls = this.isHarmony ? harmonyCalls(model) : callMarks(model, functions)
  }

  /** The turns as the model was trained to see them, ending where its answer begins. Throws MODEL_CANNOT_CHAT where the template fails or does not come to an end. */
  render(turns: readonly ChatTurn[], tools: readonly Tool[] = []): ChatPrompt {
    const availableFunctions = functionsOf(tools)
    const state = this.#limited(limits.render, () => this.#wrapper.generateContextState({ chatHistory: historyOf(turns), ...(availableFunctions && { availableFunctions, documentFunctionParams: true }) }))
    // A Jinja template has no way to leave it to the model whom an answer's first message is for.
    const context = this.isHarmony && turns.at(-1)?.role !== 'assistant' ? cutBehind(state.contextText, turnMark) : state.contextText
    const tokens = context.tokenize(this.#model.tokenizer)
    const { bos } = this.#model.tokens
    const text = plain(context)
    const ending = text.trimEnd()
    return {
      // Where a model's first token is its turn mark too, the wrapper sets it twice.
      tokens: tokens[0] === bos && tokens[1] === bos ? tokens.slice(1) : tokens,
      isThinking: this.thought.prefixes.some(prefix => ending.endsWith(prefix)),
      begun: this.isHarmony ? text.slice(text.lastIndexOf(turnMark) + turnMark.length) : '',
    }
  }

  /** What stands between a prompt and an answer that is not to be reasoned about first. */
  opening({ isThinking, begun }: ChatPrompt): Token[] {
    if (isThinking) return this.#model.tokenize(`${this.thought.suffixes[0] ?? ''}\n`, true)
    return this.isHarmony && begun === '' ? this.#model.tokenize(`${harmony.channel}final${harmony.message}`, true) : []
  }

  #limited<T>(milliseconds: number, work: () => T): T {
    const cannot = () => new AppError('MODEL_CANNOT_CHAT', { id: this.#id })
    try {
      return withTimeLimit(milliseconds, work, cannot)
    } catch (cause) {
      throw cause instanceof AppError ? cause : new AppError('MODEL_CANNOT_CHAT', { id: this.#id }, { cause })
    }
  }
}

/**
 * The template that the request brings, else the one that the file carries; ChatML where it carries none but its vocabulary has the marks; else
 * null. A file's template that does not work leaves a model that cannot chat; a template of the request that does not work throws MODEL_LOAD_FAILED.
 */
export function chatTemplateOf(model: LlamaModel, description: ModelDescription, { modelId, chatTemplate }: Pick<LoadRequest, 'modelId' | 'chatTemplate'>): ChatTemplate | null {
  const late = () => new AppError('MODEL_LOAD_FAILED', { id: modelId, reason: 'The chat template does not come to an end.' })
  try {
    // Outside the limit: nothing runs any more in work that was ended for taking too long.
    const wrapper = narrowed(description.chatTemplate ?? '', () => withTimeLimit(limits.understand, () => wrapperOf(model, description, chatTemplate), late))
    return wrapper && new ChatTemplate(model, wrapper, modelId)
  } catch (cause) {
    if (chatTemplate === null) return null
    if (cause instanceof AppError && cause.code === 'MODEL_LOAD_FAILED') throw cause
    throw new AppError('MODEL_LOAD_FAILED', { id: modelId, reason: 'The chat template cannot be used.' }, { cause })
  }
}

function wrapperOf(model: LlamaModel, description: ModelDescription, chatTemplate: string | null): ChatWrapper | null {
  const quiet = { warningLogs: false, fallbackToOtherWrappersOnJinjaError: false }
  if (chatTemplate !== null) return resolveChatWrapper(model, { ...quiet, type: 'jinjaTemplate', customWrapperSettings: { jinjaTemplate: { template: chatTemplate } } })
  if (description.chatTemplate) return resolveChatWrapper(model, quiet)
  return description.hasChatMl ? new ChatMLChatWrapper() : null
}

const turnMark = `${harmony.start}assistant`

function isHarmony(wrapper: ChatWrapper): boolean {
  if (wrapper instanceof HarmonyChatWrapper) return true
  return wrapper instanceof JinjaTemplateChatWrapper && [turnMark, harmony.channel, harmony.message].every(mark => wrapper.template.includes(mark))
}

function callMarks({ tokenizer }: LlamaModel, { call, parallelism }: ChatWrapper['settings']['functions']): CallMarks {
  const section = parallelism?.call.sectionPrefix ?? ''
  const named = (name: string): LlamaText => LlamaText([section, call.prefix, name, withName(call.paramsPrefix, name)])
  return {
    prefixes: texts([LlamaText([section, call.prefix]), call.prefix, ...(call.prefixAlternateMatches ?? []), ...(parallelism?.call.sectionPrefixAlternateMatches ?? [])]),
    canFollow: parallelism !== undefined,
    opening: name => named(name).tokenize(tokenizer),
    beginning: LlamaText([section, call.prefix]).tokenize(tokenizer),
    suffix: name => LlamaText([withName(call.suffix, name)]).tokenize(tokenizer),
  }
}

/** A call is a message of its own; its head says to which function. */
function harmonyCalls({ tokenizer }: LlamaModel): CallMarks {
  const beginning = [new SpecialTokensText(`${harmony.channel}commentary to=`), 'functions.']
  return {
    prefixes: [],
    canFollow: false,
    opening: name => LlamaText([...beginning, name, new SpecialTokensText(` ${harmony.constrain}json${harmony.message}`)]).tokenize(tokenizer),
    beginning: LlamaText(beginning).tokenize(tokenizer),
    suffix: () => LlamaText([new SpecialTokensText(harmony.call)]).tokenize(tokenizer),
  }
}

function stopTextsOf(wrapper: ChatWrapper): string[] {
  const { stopGenerationTriggers } = wrapper.generateContextState({ chatHistory: [{ type: 'user', text: '' }, { type: 'model', response: [''] }] })
  const found = stopGenerationTriggers.flatMap(trigger => {
    const [value, ...more] = LlamaText(trigger).values
    if (more.length > 0) return []
    return typeof value === 'string' ? [value] : value instanceof SpecialTokensText ? [value.value] : []
  })
  return [...new Set(found.filter(text => text.trim() !== ''))]
}

function texts(all: Texts): string[] {
  return [...new Set(all.map(text => plain(LlamaText(text)).trim()))].filter(text => text !== '')
}

/** As the model writes it, special tokens by their text. */
function plain(text: LlamaText): string {
  return text.values.map(value => (value instanceof SpecialToken ? '' : value instanceof SpecialTokensText ? value.value : value)).join('')
}

/** Without what stands behind the last such mark. */
function cutBehind(text: LlamaText, mark: string): LlamaText {
  const { values } = text
  const at = values.findLastIndex(value => value instanceof SpecialTokensText && value.value.includes(mark))
  const last = values[at]
  if (!(last instanceof SpecialTokensText)) return text
  return LlamaText([...values.slice(0, at), new SpecialTokensText(last.value.slice(0, last.value.lastIndexOf(mark) + mark.length))])
}

function withName(text: string | LlamaText, name: string): LlamaText {
  return LlamaText(text).mapValues(value => (typeof value === 'string' ? value.replaceAll('{{functionName}}', name) : value))
}
