import { readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Deletes log files that were last written before then; the number of them. The one in use has just been written. */
export function forgetLogs(folder: string, before: Date): number {
  const old = readdirSync(folder).filter(name => /\.log(\.\d+)?$/.test(name) && statSync(join(folder, name)).mtime < before)
  for (const name of old) rmSync(join(folder, name), { force: true })
  return old.length
}
