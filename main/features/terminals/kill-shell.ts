/** Kills a shell and its process group; one that has ended is no error. */
export function killShell(pid: number): void {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL')
  } catch {
    // It has ended.
  }
}
