import { readFileSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'

const patienceMilliseconds = 5000
const stepMilliseconds = 2

/** The process id of what bubblewrap starts, from its status stream. Throws when it ends before it says one. */
export async function confinedPid(status: Readable): Promise<number> {
  const first = await new Promise<number>((resolve, reject) => {
    let text = ''
    status.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      const said = /"child-pid": (\d+)\D/.exec(text)
      if (said) resolve(Number(said[1]))
    })
    status.once('end', () => reject(new Error('The confined process could not be started')))
    status.once('error', reject)
  })
  // That is the first process of the namespace, which collects orphans there; its only child is the program.
  const end = performance.now() + patienceMilliseconds
  for (;;) {
    const child = onlyChild(first)
    if (child === 'unknown') return first
    if (child !== null) return child
    if (performance.now() > end) return first
    await sleep(stepMilliseconds)
  }
}

function onlyChild(pid: number): number | null | 'unknown' {
  try {
    const child = Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0])
    return child > 0 ? child : null
  } catch {
    // A kernel without this list, or a process that has gone; the first one's end is the end of both.
    return 'unknown'
  }
}
