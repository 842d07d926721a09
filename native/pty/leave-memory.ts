import { writeFileSync } from 'node:fs'
import { coreFilterVariable } from './contract.ts'

/** The host keeps its memory out of core files, and so would every program below it: the person's own leave theirs as they always did. */
export function leaveMemoryAsItWas(environment: NodeJS.ProcessEnv, write: (path: string, text: string) => void = writeFileSync): void {
  const before = environment[coreFilterVariable]
  if (before === undefined || !/^0x[0-9a-f]{1,8}$/.test(before)) return
  try {
    write('/proc/self/coredump_filter', before)
  } catch {
    // A system that forbids it costs a core file, nothing else.
  }
}
