import { z } from 'zod'
import { ChatMessage, ContextUse, SentBudget } from '#shared/contract/chat.ts'

/** What happened in a conversation, oldest first: the truth that messages and lists are made from. Dates come from the store. */
export const chatEvents = {
  'conversation-created': z.object({}),
  'title-given': z.object({ title: z.string() }),
  /** `attachmentText` is what the model read of the attachments; empty for none. */
  'question-asked': z.object({ id: z.string(), text: z.string(), attachmentText: z.string(), attachments: z.array(ContextUse) }),
  /** Budget and id are absent in what earlier versions wrote. */
  'answer-started': z.object({ id: z.string(), modelName: z.string(), droppedTurns: z.number(), droppedThroughId: z.string().optional(), budget: SentBudget.optional() }),
  /** Text to append; `tokens` counts all so far. */
  'answer-text': z.object({ id: z.string(), text: z.string(), tokens: z.number() }),
  'answer-ended': z.object({
    id: z.string(),
    status: z.enum(['complete', 'stopped', 'failed']),
    stopReason: ChatMessage.shape.stopReason,
    tokens: z.number(),
    tokensPerSecond: z.number().nullable(),
    milliseconds: z.number().nullable(),
    error: ChatMessage.shape.error,
  }),
  'messages-removed': z.object({ ids: z.array(z.string()) }),
} as const

export type ChatEventKind = keyof typeof chatEvents
export type ChatEventData<K extends ChatEventKind> = z.infer<(typeof chatEvents)[K]>
/** One event with its kind, as a union to switch on. */
export type ChatEvent = { [K in ChatEventKind]: { kind: K; data: ChatEventData<K>; at: Date } }[ChatEventKind]

/** The event as it was stored; null for one of a later version, which is kept and passed over. */
export function readChatEvent(stored: { kind: string; data: unknown; at: Date }): ChatEvent | null {
  if (!Object.hasOwn(chatEvents, stored.kind)) return null
  // `hasOwn` has shown that it is one of the keys.
  const parsed = chatEvents[stored.kind as ChatEventKind].safeParse(stored.data)
  // Kind and data belong together, which the index above cannot tell the compiler.
  return parsed.success ? ({ kind: stored.kind, data: parsed.data, at: stored.at } as ChatEvent) : null
}
