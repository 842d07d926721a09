import { Command } from 'commander'
import { printError } from './cli/print-error.ts'
import { plain } from './cli/plain-command.ts'
import { serve } from './cli/serve-command.ts'
import { addServeOptions, readServeOptions } from './cli/serve-options.ts'

const command = plain(addServeOptions(new Command('npm start').description('Cortex: in its own window where Electron is, else in the browser on this machine.')))

command.action(async (folder: string | undefined, options: Record<string, unknown>) => {
  try {
    await serve(readServeOptions(folder, options), import.meta.dirname)
    // Whatever a service still holds open must not keep the process after it was told to end.
    process.exit(0)
  } catch (error) {
    printError(error)
    process.exit(1)
  }
})

await command.parseAsync()
