import { Command } from 'commander'
import { plain } from './plain-command.ts'
import { printError } from './print-error.ts'
import { serve } from './serve-command.ts'
import { addServeOptions, readServeOptions } from './serve-options.ts'

/** What `npm start` runs on plain Node. `entryFolder` is where the built program lies. */
export function startProgram(entryFolder: string): Command {
  const command = plain(addServeOptions(new Command('npm start').description('Cortex: in its own window where Electron is, else in the browser on this machine.')))
  return command.action(async (folder: string | undefined, options: Record<string, unknown>) => {
    try {
      await serve(readServeOptions(folder, options), entryFolder)
      // Whatever a service still holds open must not keep the process after it was told to end.
      process.exit(0)
    } catch (error) {
      printError(error)
      process.exit(1)
    }
  })
}
