import { isSettingKey, settingDefinitions } from '#shared/setting-definitions.ts'
import type { Audit } from '../../platform/audit/audit.ts'
import { recordIfPossible } from '../../platform/audit/record-if-possible.ts'

type Layer = 'user' | 'workspace'

/** Records that a setting was given a value, or none for null. Free text stays out: it may hold anything. */
export function recordChange(audit: Audit, layer: Layer, key: string, value: unknown): void {
  const isPlain = value === null || (isSettingKey(key) && settingDefinitions[key].control.kind !== 'text' && ['string', 'number', 'boolean'].includes(typeof value))
  // Checked in the line above.
  const shown = isPlain ? { value: value as string | number | boolean | null } : {}
  recordIfPossible(audit, { kind: 'setting.change', actor: 'person', outcome: 'done', subject: key, details: { layer, ...shown } })
}

/** Records each setting that a file edited by hand now gives another value. */
export function recordChanges(audit: Audit, layer: Layer, before: Record<string, unknown>, after: Record<string, unknown>): void {
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (before[key] !== after[key]) recordChange(audit, layer, key, after[key] ?? null)
  }
}
