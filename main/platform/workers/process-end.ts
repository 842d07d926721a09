import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

const stepMilliseconds = 5

/** True while the process runs; one that has ended and waits for its parent to collect it does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return process.platform !== 'linux' || !/^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

/** True when the process has gone within the time; false when it still runs. */
export async function untilGone(pid: number, milliseconds: number): Promise<boolean> {
  const end = performance.now() + milliseconds
  while (performance.now() < end) {
    if (!isAlive(pid)) return true
    await sleep(stepMilliseconds)
  }
  return !isAlive(pid)
}
