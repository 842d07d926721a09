import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'

/** What holds for one process right now, or held when it ran last. Nothing here is only meant. */
export const ProcessEnforcement = z.object({
  process: z.enum(['inference', 'page', 'host', 'keeper', 'keychain', 'terminal']),
  /** As a person calls it: "Model (Qwen2.5 Coder 7B)". */
  name: z.string(),
  /** Null: it does not run, or is no process of Cortex's, as a browser's page. */
  pid: z.number().int().nullable(),
  isRunning: z.boolean(),
  /** For one that is started only when it is needed and does not run now: the rest of this row held when it ran last. Else false. */
  hasRun: z.boolean(),
  /** `none`: nowhere. `loopback`: this machine. `open`: wherever it likes. `mode`: what the mode allows. `yours`: it acts as the person, and may go where they may. */
  network: z.enum(['none', 'loopback', 'mode', 'open', 'yours']),
  /** Who refuses it more: the operating system (`bubblewrap`, `namespace`, `sandbox-profile`, `firewall`), the browser by the page's policy, a check in the process itself (`guard`), nobody. */
  enforcedBy: z.enum(['bubblewrap', 'namespace', 'sandbox-profile', 'firewall', 'browser', 'guard', 'nothing']),
  /** Of the person's files. `model`: those of its model, read only. `yours`: all that the person may read and write. */
  files: z.enum(['none', 'model', 'yours']),
  /** Why this is weaker than it is elsewhere; null when it is not. */
  reason: z.string().nullable(),
})
export type ProcessEnforcement = z.infer<typeof ProcessEnforcement>

export const PrivacyState = z.object({
  type: z.literal('snapshot'),
  /** Whether the operating system keeps the model's process from every network; false also while none runs. */
  isModelIsolated: z.boolean(),
  /** True: Cortex was started with enforcement turned off. */
  isEnforcementOff: z.boolean(),
  /** In the order to show: the model, the page, the host, the workers of the database and of the keychain, then each terminal process. */
  processes: z.array(ProcessEnforcement),
})
export type PrivacyState = z.infer<typeof PrivacyState>

/** The ledger in a sentence. Only what Cortex itself asked for stands in it: not what a person starts in a terminal, nor other programs. */
export const PrivacySummary = z.object({
  type: z.literal('snapshot'),
  /** When the oldest line of the ledger was noted; null while it is empty. */
  since: z.date().nullable(),
  /** False while the vault is shut: then only what was asked for since it was is counted. */
  isKept: z.boolean(),
  /** Connections that were asked for in earnest: none of a self-test's. */
  refusedCount: z.number().int(),
  /** Since midnight: what the page's policy refused it, what the host was refused for itself and its features, and what a self-test tried from the host. */
  refusedToday: z.object({ page: z.number().int(), host: z.number().int(), selfTest: z.number().int() }),
  /** Allowed connections to anywhere but this machine. */
  leftCount: z.number().int(),
  /** Bytes sent over them. */
  leftBytes: z.number().int(),
  lastLeft: z.object({ at: z.date(), who: z.string(), target: z.string() }).nullable(),
})
export type PrivacySummary = z.infer<typeof PrivacySummary>

export const privacy = {
  watch: oc.route({ method: 'GET', summary: 'What each process can reach right now, network and files, and who enforces it.' }).output(eventIterator(PrivacyState)),
  summary: oc.route({ method: 'GET', summary: 'Since when the ledger goes back, what it refused, and what left this machine; now and as it changes.' }).output(eventIterator(PrivacySummary)),
}
