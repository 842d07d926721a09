import { execFileSync } from 'node:child_process'
import { isAlive } from '../../main/platform/workers/process-end.ts'

export { isAlive, untilGone } from '../../main/platform/workers/process-end.ts'

/** Process ids of the children of this process, or of another, whose command line holds the word. */
export function childrenOf(parent: number, word: string): number[] {
  const lines = execFileSync('ps', ['-ax', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n')
  return lines.flatMap(line => {
    const [, pid, ppid, args = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? []
    return Number(ppid) === parent && args.includes(word) && isAlive(Number(pid)) ? [Number(pid)] : []
  })
}
