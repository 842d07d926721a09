import type { ContractRouterClient } from '@orpc/contract'
import { app } from './app.ts'
import { buffers } from './buffers.ts'
import { chat } from './chat.ts'
import { completion } from './completion.ts'
import { egress } from './egress.ts'
import { files } from './files.ts'
import { labels } from './labels.ts'
import { layout } from './layout.ts'
import { ledger } from './ledger.ts'
import { logs } from './logs.ts'
import { models } from './models.ts'
import { privacy } from './privacy.ts'
import { redaction } from './redaction.ts'
import { secrets } from './secrets.ts'
import { settings } from './settings.ts'
import { storage } from './storage.ts'
import { terminals } from './terminals.ts'
import { trust } from './trust.ts'
import { workspaces } from './workspaces.ts'

/** Every procedure of Cortex. The same router is served over MessagePort, WebSocket and REST. */
export const contract = { app, buffers, chat, completion, egress, files, labels, layout, ledger, logs, models, privacy, redaction, secrets, settings, storage, terminals, trust, workspaces }
export type Client = ContractRouterClient<typeof contract>
