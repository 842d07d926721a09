import { app } from 'electron/main'
import { handoverOf, readHandover } from './start-arguments.ts'

/** True for the first start with this profile. A later one hands its folder over and must end. */
export function claimInstance(folder: string | null): boolean {
  return app.requestSingleInstanceLock(handoverOf(folder))
}

/** Calls back when another start asked for the window, with the folder it named. */
export function onOtherStart(listener: (folder: string | null) => void): void {
  app.on('second-instance', (_event, _words, _cwd, data) => {
    const handover = readHandover(data)
    if (handover) listener(handover.folder)
  })
}
