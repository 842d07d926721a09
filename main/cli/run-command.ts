import type { Client } from '#shared/contract/index.ts'
import { openHostClient, type HostClient } from './host-client.ts'
import { printError } from './print-error.ts'
import { UsageError } from './usage-error.ts'

const exitFailed = 1
const exitUsage = 2
const exitCancelled = 130

export interface RunOptions {
  entryFolder: string
  model: string | null
  /** Descriptor that the vault's passphrase is read from. */
  passphraseDescriptor?: number | null
  /** False: a vault that is locked is no reason to ask for its passphrase. */
  isVaultAsked?: boolean
}

/** Runs one command against the host and ends the process: 0 done, 1 failed, 2 asked for what cannot be, 130 cancelled by Ctrl-C. */
export async function runCommand(options: RunOptions, work: (client: Client, signal: AbortSignal, openPage: HostClient['openPage']) => Promise<number | void>): Promise<never> {
  const controller = new AbortController()
  const cancel = (): void => {
    // The first is asked of the command, which may have something to put in order; whoever says it again means it.
    if (controller.signal.aborted) process.exit(exitCancelled)
    controller.abort()
  }
  const leave = (): void => {
    controller.abort()
  }
  process.on('SIGINT', cancel)
  process.on('SIGTERM', cancel)
  // The reader of a pipe has gone: nobody wants the rest.
  process.stdout.on('error', leave)
  let exitCode = 0
  let close: () => Promise<void> = async () => undefined
  try {
    const opened = await openHostClient(options)
    close = opened.close
    try {
      exitCode = (await work(opened.client, controller.signal, opened.openPage)) ?? 0
    } catch (error) {
      throw await rootCause(opened.client, error)
    }
  } catch (error) {
    exitCode = controller.signal.aborted ? exitCancelled : error instanceof UsageError ? exitUsage : exitFailed
    if (!controller.signal.aborted) printError(error)
  }
  await close().catch(() => undefined)
  process.off('SIGINT', cancel)
  process.off('SIGTERM', cancel)
  process.stdout.off('error', leave)
  // A pipe takes what was written only in its own time.
  await new Promise<void>(resolve => process.stdout.write('', () => {
    resolve()
  }))
  process.exit(exitCode)
}

/** That no model is loaded says little; why the engine could not load it says more. */
async function rootCause(client: Client, error: unknown): Promise<unknown> {
  if ((error as { code?: unknown } | null)?.code !== 'MODEL_NOT_LOADED') return error
  for await (const event of await client.models.watch()) {
    return event.type === 'snapshot' && event.engine.status === 'failed' ? event.engine.error : error
  }
  return error
}
