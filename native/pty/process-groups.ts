import { readFileSync } from 'node:fs'

/** Signals a shell's process group, and the job in its foreground, which has a group of its own. Groups that have gone are no error. */
export function signalShell(pid: number, signal: 'SIGHUP' | 'SIGKILL'): void {
  const foreground = foregroundGroup(pid)
  for (const group of new Set([foreground, pid])) if (group !== null && group > 1) signalGroup(group, signal)
}

function signalGroup(group: number, signal: 'SIGHUP' | 'SIGKILL'): void {
  try {
    process.kill(process.platform === 'win32' ? group : -group, signal)
  } catch {
    // It has ended.
  }
}

/** The group in the foreground of the shell's terminal, where the system tells; elsewhere the kernel hangs up on it when the shell ends. */
function foregroundGroup(pid: number): number | null {
  if (process.platform !== 'linux') return null
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The name in parentheses may hold anything; the sixth field behind it is the group.
    const group = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[5])
    return Number.isSafeInteger(group) && group > 1 ? group : null
  } catch {
    return null
  }
}
