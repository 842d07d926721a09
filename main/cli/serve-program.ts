import { printError } from './print-error.ts'
import { serve } from './serve-command.ts'
import type { ServeOptions } from './serve-options.ts'

const longestEndMilliseconds = 8000

/** Serves as the whole work of this process, and ends it: 0, or 1 where it could not start or could not end in time. */
export async function serveAndExit(readOptions: () => ServeOptions, entryFolder: string): Promise<never> {
  // A service that cannot end must not hold the process for ever.
  const endLate = (): void => void setTimeout(() => process.exit(1), longestEndMilliseconds).unref()
  try {
    await serve(readOptions(), entryFolder, endLate)
  } catch (error) {
    printError(error)
    process.exit(1)
  }
  // Whatever a service still holds open must not keep the process after it was told to end.
  process.exit(0)
}
