import { Command } from 'commander'
import { plain } from './plain-command.ts'
import { addServeOptions, readServeOptions } from './serve-options.ts'
import { serveAndExit } from './serve-program.ts'

/** What `npm start` runs on plain Node. `entryFolder` is where the built program lies. */
export function startProgram(entryFolder: string): Command {
  const command = plain(addServeOptions(new Command('npm start').description('Cortex: in its own window where Electron is, else in the browser on this machine.')))
  return command.action(async (folder: string | undefined, options: Record<string, unknown>) => await serveAndExit(() => readServeOptions(folder, options), entryFolder))
}
