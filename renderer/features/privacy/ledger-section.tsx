import { Search } from 'lucide-react'
import { useCallback, useEffect, useState } from 'react'
import type { LedgerEntry } from '#shared/contract/ledger.ts'
import { client } from '../../rpc/client.ts'
import { useWatch } from '../../rpc/use-watch.ts'
import { isAbort } from '../../shell/error-words.ts'
import { reportFailure } from '../../shell/report-failure.ts'
import { Button } from '../../ui/button.tsx'
import { FactList } from '../../ui/fact-list.tsx'
import { Field } from '../../ui/field.tsx'
import { Section } from '../../ui/section.tsx'
import { Select } from '../../ui/select.tsx'
import { LoadingState } from '../../ui/states.tsx'
import { isNarrowed, senders, shown, withEntries, withEvent, type LedgerSearch } from './ledger-entries.ts'
import { LedgerExport } from './ledger-export.tsx'
import { LedgerList } from './ledger-list.tsx'
import { entryFacts, whoText } from './ledger-words.ts'
import { useEgress } from './use-egress.ts'

const pageSize = 500
const restMilliseconds = 200
const nothing: LedgerSearch = { text: '', decision: null, who: null }

/** What was asked for, whether it came to be or not: live, to search, to export. */
export function LedgerSection() {
  const [entries, setEntries] = useState<readonly LedgerEntry[] | null>(null)
  const [search, setSearch] = useState(nothing)
  const [chosen, setChosen] = useState<number | null>(null)
  const [isExporting, setIsExporting] = useState(false)
  const [hasMore, setHasMore] = useState(false)
  const isLocked = useEgress(store => store.state?.isLocked === true)
  useWatch(
    async signal => await client.ledger.watch({ limit: pageSize }, { signal }),
    event => {
      setEntries(known => withEvent(known ?? [], event))
      if (event.type === 'snapshot') setHasMore(event.entries.length >= pageSize)
    },
    // What a vault that was locked meanwhile had shown goes with it.
    [isLocked],
  )
  const setMore = useCallback((page: { entries: LedgerEntry[]; hasMore: boolean }): void => {
    setEntries(known => withEntries(known ?? [], page.entries))
    setHasMore(page.hasMore)
  }, [])
  // What is looked for may lie behind what the page has.
  useEffect(() => {
    if (!isNarrowed(search)) return
    const controller = new AbortController()
    const timer = setTimeout(() => void load(search, undefined, controller.signal).then(setMore, reportUnlessLeft), restMilliseconds)
    return () => {
      clearTimeout(timer)
      controller.abort()
    }
  }, [search, setMore])
  if (entries === null) return <Section title="Ledger"><LoadingState text="Reading the ledger" /></Section>
  const { found, ownTries } = shown(entries, search)
  const detailed = found.find(entry => entry.sequence === chosen)
  const oldest = (isNarrowed(search) ? found : entries).at(-1)
  return (
    <Section
      title="Ledger"
      actions={
        <Button size="small" onClick={() => setIsExporting(true)} disabled={entries.length === 0}>
          Export
        </Button>
      }
    >
      {entries.length === 0 ? (
        <p className="text-12 text-muted">{isLocked ? 'The vault is locked: earlier entries are in it.' : 'Nothing has been asked for yet. Each connection that Cortex asks for, and each file that is kept from a model, stands here.'}</p>
      ) : (
        <>
          <div className="mb-3 flex flex-wrap gap-2">
            <Field className="min-w-40 flex-1" label="Search the ledger" isLabelHidden placeholder="Host, file, rule" icon={Search} value={search.text} onChange={event => setSearch({ ...search, text: event.target.value })} />
            <Select label="Decision" isLabelHidden value={search.decision ?? ''} options={[{ value: '', label: 'Allowed and refused' }, { value: 'allowed', label: 'Allowed' }, { value: 'refused', label: 'Refused' }]} onChange={value => setSearch({ ...search, decision: value === '' ? null : value })} />
            <Select label="Who" isLabelHidden value={search.who ?? ''} options={[{ value: '', label: 'Everybody' }, ...senders(entries).map(who => ({ value: who, label: whoText(who) }))]} onChange={value => setSearch({ ...search, who: value === '' ? null : value })} />
          </div>
          {found.length > 0 && <LedgerList entries={found} chosen={chosen} onChoose={setChosen} />}
          {found.length === 0 && ownTries === 0 && <p className="text-12 text-muted">No entry fits.</p>}
          {ownTries > 0 && (
            <p className="mt-2 text-12 text-muted">
              {ownTries === 1 ? 'One try' : `${ownTries.toLocaleString('en-US')} tries`} of the self-test {ownTries === 1 ? 'is' : 'are'} left out.{' '}
              <Button size="small" variant="quiet" onClick={() => setSearch({ ...search, who: 'self-test' })}>
                Show
              </Button>
            </p>
          )}
          {hasMore && oldest && (
            <Button className="mt-2" size="small" variant="quiet" onClick={() => void load(search, oldest.sequence).then(setMore, reportFailure)}>
              Show older
            </Button>
          )}
          <div aria-live="polite">{detailed && <FactList className="mt-3 max-w-160 border-t border-line pt-2" facts={entryFacts(detailed)} />}</div>
        </>
      )}
      {isExporting && <LedgerExport search={search} onClose={() => setIsExporting(false)} />}
    </Section>
  )
}

async function load({ text, decision, who }: LedgerSearch, before?: number, signal?: AbortSignal): Promise<{ entries: LedgerEntry[]; hasMore: boolean }> {
  return await client.ledger.list({ text: text.trim(), ...(decision === null ? {} : { decision }), ...(who === null ? {} : { who }), limit: pageSize, ...(before === undefined ? {} : { before }) }, signal ? { signal } : {})
}

function reportUnlessLeft(error: unknown): void {
  if (!isAbort(error)) reportFailure(error)
}
