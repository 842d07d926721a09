import './platform/network/guard-host.ts'
import { join } from 'node:path'
import { app } from 'electron/main'
import { startDesktopHost } from './cli/desktop-host.ts'
import { handModelOver } from './cli/hand-over.ts'
import { openBrowser } from './cli/open-browser.ts'
import { printError } from './cli/print-error.ts'
import { startDesktop } from './electron/desktop.ts'
import { desktopFolders, electronHost } from './electron/electron-host.ts'
import { lockDownProgram } from './electron/lock-down.ts'
import { registerPageScheme } from './electron/page-scheme.ts'
import { claimInstance } from './electron/single-instance.ts'
import { readArguments } from './electron/start-arguments.ts'

// From source, Electron's first argument is the folder of the application.
const { folder, model, isSafeMode } = readArguments(process.argv.slice(app.isPackaged ? 1 : 2), process.cwd())
lockDownProgram()
registerPageScheme()
const host = electronHost(import.meta.dirname, model)
app.setPath('userData', join(host.paths.state, 'window'))

/** Electron's entry: host, application, window. */
async function start(): Promise<void> {
  const folders = desktopFolders(import.meta.dirname)
  const [started] = await Promise.all([startDesktopHost(host, folders.page, folder, model, isSafeMode), app.whenReady()])
  if (!started.isFirst) {
    openBrowser(started.url)
    await started.loadModel()
    app.quit()
    return
  }
  const { rpc, ledger, openFolder, dispose } = started.desktop
  let isDisposed = false
  app.on('will-quit', event => {
    if (isDisposed) return
    event.preventDefault()
    void dispose().finally(() => {
      isDisposed = true
      app.quit()
    })
  })
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit()
  })
  process.once('disconnect', () => app.quit())
  await startDesktop({ host, folders, rpc, ledger, openFolder, folder })
}

/** Another window has this profile and the folder already: only the model is left to hand over. */
async function yieldToFirst(): Promise<void> {
  if (model !== null) await handModelOver(host.paths.state, model)
  app.quit()
}

const work = claimInstance(folder) ? start() : yieldToFirst()
work.catch((error: unknown) => {
  printError(error)
  app.exit(1)
})
