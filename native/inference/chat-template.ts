import { ChatMLChatWrapper, LlamaText, resolveChatWrapper, SpecialTokensText, type ChatHistoryItem, type ChatWrapper, type LlamaModel, type Token } from 'node-llama-cpp'
import type { ModelDescription } from '#shared/gguf/describe-model.ts'
import type { ChatTurn } from './contract.ts'

export interface ChatTemplate {
  /** The turns as the model was trained to see them, ending where its answer begins. */
  render(turns: readonly ChatTurn[]): Token[]
  /** Texts that end an answer although the model writes them as plain text. */
  readonly stopTexts: readonly string[]
}

/** The template that the file carries; ChatML where it carries none but its vocabulary has the marks; else null. */
export function chatTemplateOf(model: LlamaModel, description: ModelDescription): ChatTemplate | null {
  const wrapper = description.chatTemplate ? resolveChatWrapper(model, { warningLogs: false }) : description.hasChatMl ? new ChatMLChatWrapper() : null
  if (!wrapper) return null
  return { render: turns => render(model, wrapper, turns), stopTexts: stopTextsOf(wrapper) }
}

function render(model: LlamaModel, wrapper: ChatWrapper, turns: readonly ChatTurn[]): Token[] {
  const history = turns.map(historyItem)
  if (turns.at(-1)?.role !== 'assistant') history.push({ type: 'model', response: [''] })
  const tokens = wrapper.generateContextState({ chatHistory: history }).contextText.tokenize(model.tokenizer)
  // Where a model's first token is its turn mark too, the wrapper sets it twice.
  return tokens[0] === model.tokens.bos && tokens[1] === model.tokens.bos ? tokens.slice(1) : tokens
}

function historyItem({ role, text }: ChatTurn): ChatHistoryItem {
  if (role === 'assistant') return { type: 'model', response: [text] }
  return { type: role === 'system' ? 'system' : 'user', text }
}

function stopTextsOf(wrapper: ChatWrapper): string[] {
  const { stopGenerationTriggers } = wrapper.generateContextState({ chatHistory: [{ type: 'user', text: '' }, { type: 'model', response: [''] }] })
  const texts = stopGenerationTriggers.flatMap(trigger => {
    const [value, ...more] = LlamaText(trigger).values
    if (more.length > 0) return []
    return typeof value === 'string' ? [value] : value instanceof SpecialTokensText ? [value.value] : []
  })
  return [...new Set(texts.filter(text => text.trim() !== ''))]
}
