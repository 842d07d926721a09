import type { ProcessEnforcement } from '#shared/contract/privacy.ts'
import { FactList } from '../../ui/fact-list.tsx'
import { processWords } from './privacy-words.ts'

/** Process by process the network it has and who keeps it so, in a line each. */
export function ProcessList({ processes }: { processes: readonly ProcessEnforcement[] }) {
  return (
    <FactList
      className="mt-3"
      facts={processes.map(entry => {
        const { network, enforcedBy } = processWords(entry)
        return { label: entry.name, value: entry.isRunning || entry.hasRun ? `Network ${network.words}, ${enforcedBy}` : enforcedBy, tone: entry.isRunning || entry.hasRun ? network.tone : 'muted' }
      })}
    />
  )
}
