import { create } from 'zustand'
import type { AuditEntry, AuditOutcome, AuditState } from '#shared/contract/audit.ts'
import { client } from '../../rpc/client.ts'
import { errorWords, isAbort } from '../../shell/error-words.ts'
import { reportFailure } from '../../shell/report-failure.ts'

const pageSize = 200

export interface AuditFilters {
  area: string
  outcome: AuditOutcome | 'any'
  text: string
}

interface AuditView {
  /** Null until the host has told it. */
  state: AuditState | null
  filters: AuditFilters
  /** Newest first; null while the first page is fetched. */
  entries: readonly AuditEntry[] | null
  hasMore: boolean
  /** Why the entries cannot be shown, in words. */
  failure: string | null
  /** From 0 to 1 while this page verifies; null else. */
  ratio: number | null
  selected: number | null
}

export const noFilters: AuditFilters = { area: 'any', outcome: 'any', text: '' }

export const useAudit = create<AuditView>(() => ({ state: null, filters: noFilters, entries: null, hasMore: false, failure: null, ratio: null, selected: null }))

let fetching: AbortController | null = null

/** Fetches the newest entries that fit the filters, in place of what is shown. */
export async function showNewest(): Promise<void> {
  await fetchPage(null)
}

/** Fetches the page after the last entry shown. */
export async function showMore(): Promise<void> {
  const { entries, hasMore } = useAudit.getState()
  if (!hasMore || fetching) return
  await fetchPage(entries?.at(-1)?.sequence ?? null)
}

export function setFilters(filters: AuditFilters): void {
  useAudit.setState({ filters })
  void showNewest()
}

async function fetchPage(before: number | null): Promise<void> {
  fetching?.abort()
  const own = new AbortController()
  fetching = own
  const { area, outcome, text } = useAudit.getState().filters
  const query = { limit: pageSize, ...(area === 'any' ? {} : { kind: area }), ...(outcome === 'any' ? {} : { outcome }), ...(text.trim() === '' ? {} : { text: text.trim() }), ...(before === null ? {} : { before }) }
  try {
    const { entries, hasMore } = await client.audit.query(query, { signal: own.signal })
    useAudit.setState(({ entries: shown }) => ({ entries: before === null ? entries : [...(shown ?? []), ...entries], hasMore, failure: null }))
  } catch (error) {
    if (isAbort(error) || own.signal.aborted) return
    const { what, why, next } = errorWords(error)
    // What a vault that was locked meanwhile had shown goes with it.
    useAudit.setState({ failure: [what, why, next].filter(Boolean).join(' '), entries: null, selected: null })
  } finally {
    if (fetching === own) fetching = null
  }
}

/** Checks the whole log; what it finds stands in the state. */
export async function verifyNow(): Promise<void> {
  if (useAudit.getState().ratio !== null) return
  useAudit.setState({ ratio: 0 })
  try {
    for await (const event of await client.audit.verify()) {
      if (event.type === 'progress') useAudit.setState({ ratio: event.total === 0 ? 1 : event.checked / event.total })
    }
  } catch (error) {
    reportFailure(error)
  } finally {
    useAudit.setState({ ratio: null })
  }
}
