const window = 60_000

export type Recovery = 'nothing' | 'reload' | 'recovery-page'

/**
 * What to do when the page's process has gone, by Electron's reason for it: reload once, and show the recovery page when it goes again
 * within a minute. `lastGoneAt` and `now` in milliseconds.
 */
export function recoverFrom(reason: string, lastGoneAt: number | null, now: number): Recovery {
  if (reason === 'clean-exit') return 'nothing'
  return lastGoneAt !== null && now - lastGoneAt < window ? 'recovery-page' : 'reload'
}
