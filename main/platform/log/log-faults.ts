import type { Log } from './log.ts'

/**
 * A promise that failed with nobody waiting for it is written to the log, and the host goes on: what other windows hold is worth more
 * than ending at once. Returns how to stop.
 */
export function logFaults(log: Log): () => void {
  const onRejection = (reason: unknown): void => log.error('A fault that nobody handled', describeFault(reason))
  process.on('unhandledRejection', onRejection)
  return () => process.off('unhandledRejection', onRejection)
}

/** Where it happened; the message is left out, since it may quote what a person typed. */
export function describeFault(fault: unknown): Record<string, unknown> {
  if (!(fault instanceof Error)) return { name: typeof fault }
  const frames = fault.stack?.split('\n').filter(line => /^\s+at /.test(line)).slice(0, 12).map(line => line.trim())
  return { name: fault.name, ...('code' in fault ? { code: fault.code } : {}), at: frames ?? [] }
}
