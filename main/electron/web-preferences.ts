import type { WebPreferences } from 'electron/main'

/**
 * What a page of Cortex may do: the same for every window, and never computed from data.
 * Dev tools exist only where the program is run from its source.
 */
export function webPreferences(preload: string, isPackaged: boolean): Readonly<WebPreferences> {
  return Object.freeze({
    preload,
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    webviewTag: false,
    plugins: false,
    spellcheck: false,
    navigateOnDragDrop: false,
    disableDialogs: true,
    devTools: !isPackaged,
    autoplayPolicy: 'document-user-activation-required',
    v8CacheOptions: 'bypassHeatCheckAndEagerCompile',
  })
}
