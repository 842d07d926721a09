import { execFile } from 'node:child_process'

/** Null when the program ended well; else `missing`, or what it complained of. */
export type Probe = (program: string, options: readonly string[]) => Promise<string | null>

const patienceMilliseconds = 5000

export const runProbe: Probe = (program, options) =>
  new Promise(resolve => {
    execFile(program, [...options], { timeout: patienceMilliseconds, windowsHide: true }, (error, _output, complaint) => {
      if (!error) resolve(null)
      else if (error.code === 'ENOENT') resolve('missing')
      else resolve(complaint.trim().split('\n')[0] || error.message)
    })
  })
