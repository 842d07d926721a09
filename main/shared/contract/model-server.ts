import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { may } from '../errors.ts'

export const serverScopes = ['chat', 'completions', 'embeddings', 'rerank', 'models'] as const
/** `chat`: chat, responses, messages and counting their tokens. `completions`: text that goes on, and fill-in. `models`: the list of models and their facts. */
export const ServerScope = z.enum(serverScopes)
export type ServerScope = z.infer<typeof ServerScope>

/** Which models a client may use: all, or those named by id, or by the name that the server lists them under. */
export const ServerModels = z.union([z.literal('all'), z.array(z.string().min(1).max(200)).min(1).max(200)])
export type ServerModels = z.infer<typeof ServerModels>

/** A program that may call the server. Its token is told once, when it is made; only a digest of it is kept. */
export const ServerClient = z.object({
  id: z.string(),
  name: z.string(),
  scopes: z.array(ServerScope),
  models: ServerModels,
  /** Null: as many as there is time for. */
  requestsPerMinute: z.number().int().nullable(),
  /** Tokens of prompts and answers together. Null: no limit. */
  tokensPerMinute: z.number().int().nullable(),
  createdAt: z.date(),
  expiresAt: z.date().nullable(),
  isExpired: z.boolean(),
  /** To the minute. */
  lastUsedAt: z.date().nullable(),
})
export type ServerClient = z.infer<typeof ServerClient>

/** Whether the server answers, and where. */
export const ServerState = z.object({
  isOn: z.boolean(),
  /** The vault is locked: no client can be told from another, and nobody is answered. */
  isLocked: z.boolean(),
  /** The port of 127.0.0.1 that this host listens on; null where it listens on none, as a desktop whose server is off does. */
  port: z.number().int().nullable(),
  /** What each kind of client takes as its base URL; null while nobody would be answered there. */
  baseUrls: z.object({ openai: z.string(), anthropic: z.string(), ollama: z.string() }).nullable(),
})
export type ServerState = z.infer<typeof ServerState>

/** A call that is being answered. Never what was asked or answered. */
export const ServerCall = z.object({
  id: z.string(),
  clientId: z.string(),
  clientName: z.string(),
  /** The path that was called, such as `/v1/chat/completions`. */
  endpoint: z.string(),
  model: z.string(),
  startedAt: z.date(),
  /** Tokens of the answer so far. */
  tokens: z.number().int(),
})
export type ServerCall = z.infer<typeof ServerCall>

/** What a client used since this host started. */
export const ServerTotals = z.object({
  clientId: z.string(),
  requests: z.number().int(),
  /** Calls that were turned away: too many, too long a queue, a scope or model that the client does not have. */
  refused: z.number().int(),
  failed: z.number().int(),
  promptTokens: z.number().int(),
  answerTokens: z.number().int(),
})
export type ServerTotals = z.infer<typeof ServerTotals>

export const ServerActivity = z.object({
  running: z.array(ServerCall),
  /** Calls that wait for their turn, of all clients. */
  waiting: z.number().int(),
  totals: z.array(ServerTotals),
})
export type ServerActivity = z.infer<typeof ServerActivity>

export const ServerEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('snapshot'), state: ServerState, clients: z.array(ServerClient), activity: ServerActivity }),
  z.object({ type: z.literal('state-changed'), state: ServerState }),
  z.object({ type: z.literal('clients-changed'), clients: z.array(ServerClient) }),
  /** At most four a second. */
  z.object({ type: z.literal('activity-changed'), activity: ServerActivity }),
])
export type ServerEvent = z.infer<typeof ServerEvent>

const storage = ['STORAGE_LOCKED', 'STORAGE_FULL', 'STORAGE_DAMAGED'] as const
const settings = ['SETTINGS_INVALID', 'FILE_NOT_WRITABLE', 'DISK_FULL'] as const

/** Other programs of this machine as users of Cortex's models, through the interfaces of OpenAI, Anthropic and Ollama. */
export const modelServer = {
  status: oc.route({ method: 'GET', summary: 'Whether the server answers other programs of this machine, and where.' }).output(ServerState),
  watch: oc
    .route({ method: 'GET', summary: 'The server, its clients, the calls that run and wait, and the totals of each client since the start, now and as they change; never what was asked or answered.' })
    .output(eventIterator(ServerEvent)),
  turnOn: oc
    .route({ method: 'POST', summary: 'Answer other programs of this machine from now on, also after a restart. Only clients with a token are answered.' })
    .output(ServerState)
    .errors(may(...settings, 'PORT_IN_USE')),
  turnOff: oc
    .route({ method: 'POST', summary: 'Answer no other program any more; calls that run are ended. Clients and their tokens stay.' })
    .output(ServerState)
    .errors(may(...settings)),
  listClients: oc.route({ method: 'GET', summary: 'The programs that may call the server, by name; never a token.' }).output(z.array(ServerClient)).errors(may(...storage)),
  createClient: oc
    .route({ method: 'POST', summary: 'Let a program call the server. The token is in this answer and nowhere else, ever again.' })
    .input(
      z.object({
        name: z.string().trim().min(1).max(100),
        scopes: z.array(ServerScope).min(1).default([...serverScopes]),
        models: ServerModels.default('all'),
        requestsPerMinute: z.number().int().min(1).max(1_000_000).nullable().default(null),
        tokensPerMinute: z.number().int().min(1).max(1_000_000_000).nullable().default(null),
        expiresAt: z.coerce.date().nullable().default(null),
      }),
    )
    .output(z.object({ client: ServerClient, token: z.string() }))
    .errors(may('SERVER_CLIENT_EXISTS', ...storage)),
  revokeClient: oc
    .route({ method: 'POST', summary: 'Take a client and its token away at once; its calls that run are ended.' })
    .input(z.object({ id: z.string() }))
    .output(z.void())
    .errors(may('SERVER_CLIENT_NOT_FOUND', ...storage)),
}
