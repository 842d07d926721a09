import { readFileSync, writeFileSync } from 'node:fs'

const filterPath = '/proc/self/coredump_filter'
/** No kind of memory (core(5)): a core file then holds registers and no heap. */
const nothing = '0x0'

interface Options {
  report?: NodeJS.ProcessReport | undefined
  read?: (path: string) => string
  write?: (path: string, text: string) => void
}

/**
 * Keeps secrets in memory out of what a crash leaves: no report of Node's, and on Linux no memory in a core file, here and in every process started from
 * here. Returns the filter that held before as the system writes it; null where the system has none.
 */
export function keepMemoryOffDisk({ report = process.report, read = path => readFileSync(path, 'utf8'), write = writeFileSync }: Options = {}): string | null {
  if (report) Object.assign(report, { reportOnFatalError: false, reportOnSignal: false, reportOnUncaughtException: false, excludeEnv: true })
  try {
    const before = read(filterPath).trim()
    write(filterPath, nothing)
    return `0x${before}`
  } catch {
    // macOS and Windows have other means, which `docs/security.md` names.
    return null
  }
}
