import type { SettingSource } from '#shared/contract/settings.ts'
import { mayRestrictedFolderSet, settingDefinitions, type Settings } from '#shared/setting-definitions.ts'
import { parseSettings, settingProblem } from './parse-settings.ts'

export interface LayeredSettings {
  values: Settings
  sources: Record<string, SettingSource>
  problems: { source: SettingSource; key: string | null; message: string }[]
  /** What the folder's file sets and what does not hold while the folder is restricted. */
  heldBack: string[]
}

interface Layers {
  /** Text of the person's file. */
  user: string
  /** Text of the folder's file. */
  workspace: string
  /** Whether a person trusts the folder. */
  isFolderTrusted: boolean
  commandLine: Record<string, unknown>
}

/** Default < user < workspace < command line; each value is checked by itself, so that one mistake costs one setting. */
export function layerSettings({ user, workspace, isFolderTrusted, commandLine }: Layers): LayeredSettings {
  const values: Record<string, unknown> = {}
  const sources: Record<string, SettingSource> = {}
  const problems: LayeredSettings['problems'] = []
  const heldBack: string[] = []
  const lay = (source: SettingSource, layer: Record<string, unknown>): void => {
    for (const [key, value] of Object.entries(layer)) {
      values[key] = value
      sources[key] = source
    }
  }
  lay('default', Object.fromEntries(Object.entries(settingDefinitions).map(([key, definition]) => [key, definition.default])))
  for (const [source, text] of [['user', user], ['workspace', workspace]] as const) {
    const parsed = parseSettings(text, source === 'workspace')
    const isHeld = (key: string): boolean => source === 'workspace' && !isFolderTrusted && !mayRestrictedFolderSet(key)
    heldBack.push(...Object.keys(parsed.values).filter(isHeld))
    lay(source, Object.fromEntries(Object.entries(parsed.values).filter(([key]) => !isHeld(key))))
    problems.push(...parsed.problems.map(problem => ({ source, ...problem })))
  }
  for (const [key, value] of Object.entries(commandLine)) {
    const message = settingProblem(key, value, false)
    if (message === null) lay('command-line', { [key]: value })
    else problems.push({ source: 'command-line', key, message })
  }
  // Every key has its default, and only values that their schema accepted were laid over it.
  return { values: values as Settings, sources, problems, heldBack }
}
