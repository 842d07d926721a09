import {
  AlpacaChatWrapper,
  ChatMLChatWrapper,
  DeepSeekChatWrapper,
  FalconChatWrapper,
  FunctionaryChatWrapper,
  Gemma4ChatWrapper,
  GemmaChatWrapper,
  GeneralChatWrapper,
  HarmonyChatWrapper,
  Llama2ChatWrapper,
  Llama3_1ChatWrapper,
  Llama3_2LightweightChatWrapper,
  Llama3ChatWrapper,
  MistralChatWrapper,
  MuseChatWrapper,
  QwenChatWrapper,
  SeedChatWrapper,
} from 'node-llama-cpp'

/** What always stands in a conversation as the library's wrapper writes it: a template without it writes none like it. */
const marks: readonly (readonly [wrapper: object, ...marks: string[]])[] = [
  [GeneralChatWrapper, '### '],
  [AlpacaChatWrapper, '### '],
  [DeepSeekChatWrapper, '<｜Assistant｜>'],
  [QwenChatWrapper, '<|im_start|>'],
  [ChatMLChatWrapper, '<|im_start|>'],
  [Llama3_1ChatWrapper, '<|start_header_id|>'],
  [Llama3_2LightweightChatWrapper, '<|start_header_id|>'],
  [Llama3ChatWrapper, '<|start_header_id|>'],
  [FunctionaryChatWrapper, '<|start_header_id|>', '<|from|>'],
  [Llama2ChatWrapper, '[INST]'],
  [MistralChatWrapper, '[INST]'],
  [FalconChatWrapper, 'User:'],
  [Gemma4ChatWrapper, '<|turn>'],
  [GemmaChatWrapper, '<start_of_turn>'],
  [HarmonyChatWrapper, '<|start|>'],
  [MuseChatWrapper, '<|start|>'],
  [SeedChatWrapper, '<seed:bos>'],
]

/** The library's own question to a wrapper before it tries it out. */
const question = '_checkModelCompatibility'

/**
 * Runs a search for the wrapper that writes conversations as a template does. The library tries out some hundred renders of all wrappers that it
 * knows, which takes longer than loading a small model; here it passes over those whose marks do not stand in the template.
 */
export function narrowed<T>(template: string, search: () => T): T {
  const passedOver = marks.filter(([, ...texts]) => !texts.some(text => template.includes(text))).map(([wrapper]) => ({ wrapper, own: Object.getOwnPropertyDescriptor(wrapper, question) }))
  for (const { wrapper } of passedOver) Object.defineProperty(wrapper, question, { value: () => false, configurable: true, writable: true })
  try {
    return search()
  } finally {
    for (const { wrapper, own } of passedOver) {
      if (own) Object.defineProperty(wrapper, question, own)
      else Reflect.deleteProperty(wrapper, question)
    }
  }
}
