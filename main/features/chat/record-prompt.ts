import type { Audit } from '../../platform/audit/audit.ts'
import { recordIfPossible } from '../../platform/audit/record-if-possible.ts'
import type { AssembledPrompt } from './assemble-prompt.ts'
import type { ChatModel } from './chat-engine.ts'

interface SentPrompt {
  kind: 'prompt.chat' | 'prompt.ask'
  prompt: string
  assembled: AssembledPrompt
  model: ChatModel
}

/** Records that a prompt goes to the model and what was read for it: counts and a keyed hash, never a word of it. */
export function recordPrompt(audit: Audit, { kind, prompt, assembled: { budget }, model }: SentPrompt): void {
  const actor = kind === 'prompt.chat' ? 'chat' : 'ask'
  for (const { path, startLine, endLine, tokens, isIncluded } of budget.attachments) {
    if (isIncluded) recordIfPossible(audit, { kind: 'file.read', actor, outcome: 'allowed', subject: path, details: { startLine, endLine, tokens } })
  }
  recordIfPossible(audit, {
    kind,
    actor,
    outcome: 'done',
    subject: model.name,
    details: { hash: audit.digest(prompt), promptTokens: budget.promptTokens, totalTokens: budget.totalTokens, attachments: budget.attachments.filter(use => use.isIncluded).length },
  })
}
