import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { errorCatalog, may, type ErrorCode } from '../errors.ts'
import { Label } from '../sensitivity.ts'
import { RelativePath } from './files.ts'

const errorCodes = Object.keys(errorCatalog) as [ErrorCode, ...ErrorCode[]]

/** Text a person attaches. Lines count from 1; a selection goes in whole, of a file the lines round the cursor that fit. */
export const ContextInput = z.object({
  kind: z.enum(['selection', 'file']),
  path: RelativePath,
  /** First line of `text` in the file. */
  startLine: z.number().int().min(1),
  totalLines: z.number().int().min(1),
  /** Line of the cursor, for `file`. */
  cursorLine: z.number().int().min(1).optional(),
  text: z.string().max(2_000_000),
})
export type ContextInput = z.infer<typeof ContextInput>

/** Characters that a person cannot see and that ordinary writing does not need where they stand. */
export const InvisibleNote = z.object({
  count: z.number().int().min(1),
  /** What was found and where, in words. */
  detail: z.string(),
})
export type InvisibleNote = z.infer<typeof InvisibleNote>

/** What of an attachment went, or would go, to the model. */
export const ContextUse = z.object({
  kind: z.enum(['selection', 'file']),
  path: RelativePath,
  startLine: z.number().int(),
  endLine: z.number().int(),
  totalLines: z.number().int(),
  tokens: z.number().int(),
  /** False when nothing of it fits, or when its label keeps it back. */
  isIncluded: z.boolean(),
  /** Of the lines that go; absent where there is nothing to say. */
  invisible: InvisibleNote.optional(),
  label: Label.default('internal'),
  /** What gave the label: a pattern, or what could not be made sure of. */
  rule: z.string().default(''),
  /** `refused`: its label keeps it out of every context. `overridden`: a secret that the person sent along with this one message. */
  decision: z.enum(['sent', 'refused', 'overridden']).default('sent'),
})
export type ContextUse = z.infer<typeof ContextUse>

/** Where the tokens of one prompt go, or went. All counts are tokens of the loaded model; system, files, history, tools and prompt add up to the total. */
export const SentBudget = z.object({
  contextTokens: z.number().int(),
  systemTokens: z.number().int(),
  /** Files and selections of this question; those of earlier ones are history. */
  filesTokens: z.number().int(),
  historyTokens: z.number().int(),
  /** Descriptions of what the model may call; absent where it may call nothing. */
  toolsTokens: z.number().int().optional(),
  /** The question itself and the marks of the chat template. */
  promptTokens: z.number().int(),
  /** Kept free for the answer. */
  answerReserveTokens: z.number().int(),
  /** All that goes to the model. Over `contextTokens - answerReserveTokens` the question is refused with CONTEXT_OVERFLOW. */
  totalTokens: z.number().int(),
})
export type SentBudget = z.infer<typeof SentBudget>

/** Older turns, questions and answers counted each, that no longer fit and are left out. */
const droppedTurns = z.number().int()
/** Message that holds the newest turn left out: it and all before it are. Absent where nothing is, outside conversations, and in answers of earlier versions. */
const droppedThroughId = z.string().optional()

export const PromptBudget = SentBudget.extend({
  attachments: z.array(ContextUse),
  droppedTurns,
  droppedThroughId,
  /** The most sensitive label of what goes. */
  label: Label,
})
export type PromptBudget = z.infer<typeof PromptBudget>

/** Why a model ended by itself. */
const generateStops = ['end-of-text', 'max-tokens', 'stop-text', 'tool-calls'] as const

export const ChatMessage = z.object({
  id: z.string(),
  role: z.enum(['user', 'assistant']),
  text: z.string(),
  createdAt: z.date(),
  /** `streaming` while it is written; `stopped` by the person; `failed` keeps the text that had come. */
  status: z.enum(['complete', 'streaming', 'stopped', 'failed']),
  attachments: z.array(ContextUse),
  /** Of an answer: what its model no longer read. */
  droppedTurns,
  droppedThroughId,
  /** Of an answer: what its model read. Absent in those of earlier versions. */
  budget: SentBudget.optional(),
  modelName: z.string().nullable(),
  tokens: z.number().int().nullable(),
  tokensPerSecond: z.number().nullable(),
  milliseconds: z.number().nullable(),
  stopReason: z.enum([...generateStops, 'stopped', 'error']).nullable(),
  error: z.object({ code: z.enum(errorCodes), data: z.unknown() }).nullable(),
})
export type ChatMessage = z.infer<typeof ChatMessage>

export const Conversation = z.object({
  id: z.string(),
  workspaceId: z.string(),
  title: z.string(),
  createdAt: z.date(),
  updatedAt: z.date(),
  messageCount: z.number().int(),
  /** The most sensitive label of all that ever went into it. */
  label: Label.default('internal'),
})
export type Conversation = z.infer<typeof Conversation>

export const ConversationsEvent = z.object({ type: z.literal('snapshot'), conversations: z.array(Conversation) })

export const ConversationEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('snapshot'), conversation: Conversation, messages: z.array(ChatMessage) }),
  z.object({ type: z.literal('message-added'), message: ChatMessage }),
  /** Text to append to a streaming message; tokens are gathered per frame. */
  z.object({ type: z.literal('text-delta'), messageId: z.string(), text: z.string(), tokens: z.number().int(), tokensPerSecond: z.number().nullable() }),
  z.object({ type: z.literal('message-changed'), message: ChatMessage }),
  z.object({ type: z.literal('messages-removed'), messageIds: z.array(z.string()) }),
  z.object({ type: z.literal('deleted') }),
])
export type ConversationEvent = z.infer<typeof ConversationEvent>

/** Text that stands in the field of a conversation and was not sent; `conversationId` null is the one that begins with its first question. */
export const Draft = z.object({ conversationId: z.string().nullable(), text: z.string().max(2_000_000) })
export type Draft = z.infer<typeof Draft>

export const AskEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ask-start'), modelName: z.string(), budget: PromptBudget }),
  z.object({ type: z.literal('text-delta'), text: z.string(), tokens: z.number().int() }),
  /** What a reasoning model writes for itself before its answer. */
  z.object({ type: z.literal('reasoning-delta'), text: z.string(), tokens: z.number().int() }),
  z.object({
    type: z.literal('ask-end'),
    stopReason: z.enum(generateStops),
    promptTokens: z.number().int(),
    reusedTokens: z.number().int(),
    tokens: z.number().int(),
    tokensPerSecond: z.number(),
    firstTokenMilliseconds: z.number(),
    milliseconds: z.number(),
  }),
])
export type AskEvent = z.infer<typeof AskEvent>

const engineErrors = may('MODEL_NOT_LOADED', 'MODEL_CANNOT_CHAT', 'CONTEXT_OVERFLOW', 'MODEL_CARD_FAILED', 'MODEL_COMPUTE_FAILED', 'WORKER_CRASHED', 'WORKER_UNAVAILABLE')
const conversation = z.object({ workspaceId: z.string(), conversationId: z.string() })
const storage = may('STORAGE_FULL', 'STORAGE_LOCKED', 'STORAGE_DAMAGED')
/** Paths of secret files that go along with this one message, by the person's word. */
const overrides = z.array(RelativePath).max(50).default([])
const missing = { ...may('WORKSPACE_NOT_FOUND', 'CONVERSATION_NOT_FOUND'), ...storage }

export const chat = {
  create: oc
    .route({ method: 'POST', summary: 'Start a conversation in a workspace.' })
    .input(z.object({ workspaceId: z.string() }))
    .output(Conversation)
    .errors({ ...may('WORKSPACE_NOT_FOUND'), ...storage }),
  rename: oc
    .route({ method: 'POST', summary: 'Give a conversation a title of the person\'s own.' })
    .input(conversation.extend({ title: z.string().trim().min(1).max(200) }))
    .output(Conversation)
    .errors(missing),
  delete: oc.route({ method: 'POST', summary: 'Delete a conversation and its messages for good.' }).input(conversation).output(z.void()).errors(missing),
  drafts: oc
    .route({ method: 'GET', summary: 'What stands in the fields of a workspace\'s conversations and was not sent.' })
    .input(z.object({ workspaceId: z.string() }))
    .output(z.array(Draft))
    .errors({ ...may('WORKSPACE_NOT_FOUND'), ...storage }),
  keepDraft: oc
    .route({ method: 'POST', summary: 'Keep text that was not sent, at most 2,000,000 characters; acknowledged once it is durable. Empty text forgets it, and so does sending it.' })
    .input(Draft.extend({ workspaceId: z.string() }))
    .output(z.void())
    .errors(missing),
  watchList: oc
    .route({ method: 'GET', summary: 'The conversations of a workspace, newest first, now and as they change.' })
    .input(z.object({ workspaceId: z.string() }))
    .output(eventIterator(ConversationsEvent))
    .errors({ ...may('WORKSPACE_NOT_FOUND'), ...storage }),
  watch: oc
    .route({ method: 'GET', summary: 'One conversation: all messages, then each change and each piece of a streamed answer.' })
    .input(conversation)
    .output(eventIterator(ConversationEvent))
    .errors(missing),
  measure: oc
    .route({ method: 'POST', summary: 'What would go to the model for this prompt, in tokens of the loaded model, without sending it.' })
    .input(z.object({ workspaceId: z.string(), conversationId: z.string().nullable(), prompt: z.string().max(2_000_000), attachments: z.array(ContextInput).max(50), overrides }))
    .output(PromptBudget)
    .errors({ ...missing, ...may('MODEL_NOT_LOADED', 'MODEL_CANNOT_CHAT', 'MODEL_CARD_FAILED', 'MODEL_COMPUTE_FAILED', 'WORKER_CRASHED', 'WORKER_UNAVAILABLE') }),
  send: oc
    .route({ method: 'POST', summary: 'Ask in a conversation. A secret attachment is left out and marked so in the budget, unless it is overridden. Answers when the question is kept; the answer itself streams through `watch` and goes on without a listener.' })
    .input(conversation.extend({ prompt: z.string().min(1).max(2_000_000), attachments: z.array(ContextInput).max(50).default([]), overrides }))
    .output(z.object({ questionId: z.string(), answerId: z.string(), budget: PromptBudget }))
    .errors({ ...missing, ...engineErrors, ...may('CONVERSATION_BUSY') }),
  retry: oc
    .route({ method: 'POST', summary: 'Answer the last question again; the former answer is replaced.' })
    .input(conversation)
    .output(z.object({ answerId: z.string(), budget: PromptBudget }))
    .errors({ ...missing, ...engineErrors, ...may('CONVERSATION_BUSY', 'MESSAGE_NOT_FOUND') }),
  stop: oc.route({ method: 'POST', summary: 'Stop the answer being written; what has come is kept.' }).input(conversation).output(z.void()).errors(missing),
  ask: oc
    .route({ method: 'POST', summary: 'One question outside any conversation, streamed; nothing is kept. A secret attachment is an error, unless it is overridden.' })
    .input(
      z.object({
        prompt: z.string().min(1).max(2_000_000),
        attachments: z.array(ContextInput).max(50).default([]),
        overrides,
        /** Absolute folder that the paths of attachments count from. Without it a relative path belongs to no known file, which is refused. */
        folder: z.string().max(4096).nullable().default(null),
        maxTokens: z.number().int().min(1).max(32_768).optional(),
        temperature: z.number().min(0).max(2).optional(),
        seed: z.number().int().nonnegative().optional(),
        /** Go on after the model's end-of-text token, for measuring speed. */
        ignoreEndOfText: z.boolean().default(false),
      }),
    )
    .output(eventIterator(AskEvent))
    .errors({ ...engineErrors, ...may('CONTEXT_REFUSED', 'STORAGE_FULL', 'STORAGE_LOCKED', 'STORAGE_DAMAGED') }),
}
