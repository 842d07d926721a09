import type { SelfTestRow, SelfTestState } from '#shared/contract/self-test.ts'
import { Button } from '../../ui/button.tsx'
import { DataTable, type Column } from '../../ui/data-table.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { momentText } from './head-words.ts'
import { foundWords, processNames, summaryWords, vectorNames } from './self-test-words.ts'

const columns: readonly Column<SelfTestRow>[] = [
  { id: 'process', title: 'Process', cell: row => processNames[row.process] },
  { id: 'vector', title: 'Way out', cell: row => vectorNames[row.vector] },
  { id: 'place', title: 'To', cell: row => (row.place === 'loopback' ? 'this machine' : 'network interface') },
  { id: 'expected', title: 'Expected', cell: row => row.expected },
  { id: 'found', title: 'Found', cell: row => foundWords(row).words, tone: row => foundWords(row).tone },
  { id: 'by', title: 'By', cell: row => row.by, wraps: true },
]

const meant = 'A terminal is yours and may do all this; so may a program that the host starts. A plain browser tab may leave for another page, connect ahead of time (preconnect) and use STUN.'

/** Every way out of every process: what was expected, what was found, and what blocked it. What is weaker than expected comes first. */
export function SelfTestDialog({ state, isOpen, onClose }: { state: SelfTestState | null; isOpen: boolean; onClose: () => void }) {
  const rows = (state?.result?.rows ?? []).toSorted((one, other) => Number(other.verdict === 'weaker') - Number(one.verdict === 'weaker'))
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title="Self-test" description={state ? `${summaryWords(state, momentText).text} ${meant}` : meant} width={880} hasCloseButton={false} footer={<Button data-autofocus onClick={onClose}>Close</Button>}>
      <DataTable label="Results of the self-test" columns={columns} rows={rows} rowKey={({ process, vector, place }) => `${process} ${vector} ${place}`} emptyText="No self-test was run yet." />
    </Dialog>
  )
}
