import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge', 'brave-browser']
const onMac = ['Chromium', 'Google Chrome', 'Microsoft Edge', 'Brave Browser'].map(name => `/Applications/${name}.app/Contents/MacOS/${name}`)
const onWindows = [join('Google', 'Chrome', 'Application', 'chrome.exe'), join('Microsoft', 'Edge', 'Application', 'msedge.exe'), join('Chromium', 'Application', 'chrome.exe')]

/** A Chromium of this system, by absolute path: the one that `CORTEX_CHROMIUM` names, else the first in the usual places; null where there is none. */
export function findBrowser(environment: Record<string, string | undefined>, platform: NodeJS.Platform, exists: (path: string) => boolean = existsSync): string | null {
  const chosen = environment['CORTEX_CHROMIUM']
  if (chosen) return exists(chosen) ? chosen : null
  return places(environment, platform).find(exists) ?? null
}

function places(environment: Record<string, string | undefined>, platform: NodeJS.Platform): string[] {
  if (platform === 'darwin') return onMac
  if (platform === 'win32') return ['ProgramFiles', 'ProgramFiles(x86)', 'LOCALAPPDATA'].flatMap(name => onWindows.map(path => join(environment[name] ?? '', path)))
  return (environment['PATH'] ?? '').split(delimiter).filter(folder => folder !== '').flatMap(folder => names.map(name => join(folder, name)))
}
