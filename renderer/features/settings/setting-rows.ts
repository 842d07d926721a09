import type { SettingSource } from '#shared/contract/settings.ts'
import { settingDefinitions, type SettingKey } from '#shared/setting-definitions.ts'

export type Scope = 'user' | 'workspace'

export interface SettingRow {
  key: SettingKey
  title: string
  description: string
  category: string
}

/** Every setting in the order of its definition. */
export const settingRows: readonly SettingRow[] = Object.entries(settingDefinitions).map(([key, { title, description, category }]) => ({
  key: key as SettingKey, // the keys of the definitions themselves
  title,
  description,
  category,
}))

/** Rows that hold every word of the query, anywhere. */
export function searchSettings(query: string): SettingRow[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  return settingRows.filter(row => {
    const text = `${row.category} ${row.title} ${row.key} ${row.description}`.toLowerCase()
    return words.every(word => text.includes(word))
  })
}

export function byCategory(rows: readonly SettingRow[]): { category: string; rows: SettingRow[] }[] {
  const groups = new Map<string, SettingRow[]>()
  for (const row of rows) groups.set(row.category, [...(groups.get(row.category) ?? []), row])
  return [...groups].map(([category, members]) => ({ category, rows: members }))
}

/** Why a row cannot be changed in a scope, or null. */
export function lockReason(key: SettingKey, scope: Scope, source: SettingSource): string | null {
  const definition = settingDefinitions[key]
  if (source === 'command-line') return 'Given on the command line when Cortex started.'
  if (scope === 'workspace' && 'isUserOnly' in definition && definition.isUserOnly) return 'Only your own settings can set this.'
  if (scope === 'user' && source === 'workspace') return 'This folder’s settings decide; change it there.'
  return null
}

export const sourceWords: Record<SettingSource, string> = {
  default: 'Default',
  user: 'Yours',
  workspace: 'This folder',
  'command-line': 'Command line',
}
