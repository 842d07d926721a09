import { create } from 'zustand'
import type { SettingSource, SettingsSnapshot } from '#shared/contract/settings.ts'
import { isSettingKey, settingDefinitions, type SettingKey, type Settings } from '#shared/setting-definitions.ts'
import { client } from '../rpc/client.ts'
import { follow } from '../rpc/follow.ts'

interface SettingsState {
  values: Settings
  sources: Partial<Record<SettingKey, SettingSource>>
  problems: SettingsSnapshot['problems']
  heldBack: readonly string[]
  userFile: string | null
  workspaceFile: string | null
  isLoaded: boolean
}

// Each key gets the default of its own definition.
const defaults = Object.fromEntries(Object.entries(settingDefinitions).map(([key, definition]) => [key, definition.default])) as unknown as Settings

/** Settings in force for this window. The host owns the truth; this follows it. */
export const useSettings = create<SettingsState>(() => ({ values: defaults, sources: {}, problems: [], heldBack: [], userFile: null, workspaceFile: null, isLoaded: false }))

export function useSetting<K extends SettingKey>(key: K): Settings[K] {
  return useSettings(state => state.values[key])
}

/** For code outside components. */
export function readSetting<K extends SettingKey>(key: K): Settings[K] {
  return useSettings.getState().values[key]
}

/** Follows the settings of a workspace, or of the user alone. Answers how to stop. */
export function followSettings(workspaceId: string | null): () => void {
  return follow(async signal => await client.settings.watch({ workspaceId }, { signal }), take)
}

function take(snapshot: SettingsSnapshot): void {
  const known = Object.entries(snapshot.values).filter(([key]) => isSettingKey(key))
  useSettings.setState({
    // The host has checked each value against the same definitions.
    values: { ...defaults, ...Object.fromEntries(known) },
    sources: snapshot.sources,
    problems: snapshot.problems,
    heldBack: snapshot.heldBack,
    userFile: snapshot.userFile,
    workspaceFile: snapshot.workspaceFile,
    isLoaded: true,
  })
}

/** Sets a key for the user; `null` takes it out of the file again. */
export async function setUserSetting<K extends SettingKey>(key: K, value: Settings[K] | null): Promise<void> {
  await client.settings.set({ scope: 'user', workspaceId: null, key, value })
}

const patienceMilliseconds = 500

/** Settles once the first settings have come, or after half a second: a window with defaults is better than none. */
export async function settingsLoaded(): Promise<void> {
  await new Promise<void>(resolve => {
    const settle = (): void => {
      unsubscribe()
      clearTimeout(timer)
      resolve()
    }
    const timer = setTimeout(settle, patienceMilliseconds)
    const unsubscribe = useSettings.subscribe(state => state.isLoaded && settle())
    if (useSettings.getState().isLoaded) settle()
  })
}
