import { Globe, Laptop, Lock, type LucideIcon } from 'lucide-react'
import type { ContextUse } from '#shared/contract/chat.ts'
import type { Label } from '#shared/sensitivity.ts'

export const labelIcons: Readonly<Record<Label, LucideIcon>> = { public: Globe, internal: Laptop, secret: Lock }

/** Where text of this label may go, for a tooltip. */
export const labelMeans: Readonly<Record<Label, string>> = { public: 'may go anywhere', internal: 'goes to local models only', secret: 'is never read by AI' }

/** What becomes of an attachment, in words. */
export function decisionWords({ label, decision }: Pick<ContextUse, 'label' | 'decision'>): string {
  if (decision === 'refused') return `${label}, left out`
  return decision === 'overridden' ? `${label}, sent this once` : label
}
