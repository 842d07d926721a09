import type { LabelsSnapshot } from '#shared/contract/labels.ts'
import { liveStream, newest } from '../../platform/live/live-stream.ts'
import { TurnTaker } from '../../platform/live/turn-taker.ts'
import type { Log } from '../../platform/log/log.ts'
import { folderRulesPath, type LoadedRules } from './rules-files.ts'
import type { Scan } from './scan-secrets.ts'

interface Watched {
  load: () => Promise<LoadedRules>
  scan: (rules: LoadedRules) => Promise<Scan>
  listen: (listener: () => void) => Promise<() => void>
  userFile: string
  log: Log
  signal: AbortSignal | undefined
}

const shownFiles = 2000
const shortestRest = 500

/** The labels of a folder as they change. Scans follow each other with rests between them, longer ones in a large folder. */
export function watchLabels({ load, scan, listen, userFile, log, signal }: Watched): AsyncGenerator<LabelsSnapshot, void, void> {
  return liveStream<LabelsSnapshot>(
    async (push, fail) => {
      const turns = new TurnTaker()
      let timer: NodeJS.Timeout | null = null
      let isStopped = false
      let rest = shortestRest
      let last: Pick<LabelsSnapshot, 'counts' | 'secretFiles'> = { counts: null, secretFiles: [] }
      const tell = async (isScanned: boolean): Promise<void> => {
        const rules = await load()
        if (isScanned) {
          const began = performance.now()
          try {
            const { counts, secrets } = await scan(rules)
            // What the rules say does not hold while one of their files is broken.
            const all = counts.public + counts.internal + counts.secret
            last = { counts: rules.problems.length > 0 ? { public: 0, internal: 0, secret: all } : counts, secretFiles: secrets.slice(0, shownFiles) }
          } catch (error) {
            log.warn('The labels of a folder could not be counted', { reason: error instanceof Error ? error.name : typeof error })
          }
          rest = Math.max(shortestRest, 5 * (performance.now() - began))
        }
        if (!isStopped) push({ type: 'snapshot', ...last, problems: rules.problems, userFile, folderFile: folderRulesPath })
      }
      const tellSoon = (): void => {
        timer ??= setTimeout(() => {
          timer = null
          turns.take('', () => tell(true)).catch(fail)
        }, rest)
      }
      const stopListening = await listen(tellSoon)
      await tell(false)
      turns.take('', () => tell(true)).catch(fail)
      return () => {
        isStopped = true
        if (timer) clearTimeout(timer)
        stopListening()
      }
    },
    { signal, limit: 1, collapse: newest },
  )
}
