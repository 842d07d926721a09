import { pageVectors, programVectors, type Finding, type Place, type SelfTestProcess, type SelfTestRow, type SelfTestSummary, type Sink, type Vector } from '#shared/contract/self-test.ts'
import type { HostKind } from '../../platform/host.ts'

/** What a kind of process is meant to be able to do, in a sentence; the rest it must not. */
export function expectation(process: SelfTestProcess, vector: Vector, hostKind: HostKind): 'blocked' | 'open' {
  // It is the person's own.
  if (process === 'terminal') return 'open'
  // A guard in the process cannot hold another program, and the host has to start programs.
  if (process === 'host' && vector === 'child-process') return 'open'
  // No policy of a page reaches these, though a browser may refuse some by itself; the desktop window has its own locks.
  if (process === 'page' && (vector === 'webrtc' || vector === 'preconnect' || vector === 'navigation')) return hostKind === 'electron' ? 'blocked' : 'open'
  return 'blocked'
}

interface Subject {
  process: SelfTestProcess
  hostKind: HostKind
  /** Who is meant to refuse, for the table: "bubblewrap". */
  enforcedBy: string
}

/** What the process says and what the sinks saw, put together: a way is open if either of them says so. */
export function judge({ process, hostKind, enforcedBy }: Subject, findings: readonly Finding[], arrivals: Readonly<Record<string, number>>): SelfTestRow[] {
  return findings.map(({ vector, place, outcome, by }) => {
    const expected = expectation(process, vector, hostKind)
    const hasArrived = (arrivals[`${place} ${vector}`] ?? 0) > 0
    const isOpen = hasArrived || outcome === 'reached'
    const why = isOpen ? (hasArrived ? 'it arrived' : 'it says that it got through') : `${enforcedBy} (${outcome === 'sent' ? 'nothing arrived' : by})`
    return { process, vector, place, expected, found: isOpen ? 'open' : 'blocked', by: why, verdict: isOpen && expected === 'blocked' ? 'weaker' : 'as-expected' }
  })
}

/** Rows for what could not be tried, so that a table never looks better for it. */
export function notRun({ process, hostKind }: Omit<Subject, 'enforcedBy'>, sinks: readonly Sink[], why: string): SelfTestRow[] {
  const vectors: readonly Vector[] = process === 'page' ? pageVectors.filter(vector => vector !== 'navigation') : programVectors
  return sinks.flatMap(({ place }) => vectors.map(vector => row(process, vector, place, hostKind, why)))
}

/** Leaving the page would end the test. */
export function navigation(hostKind: HostKind): SelfTestRow {
  const why = hostKind === 'electron' ? 'not tried; the window refuses every address but its own' : 'not tried; a browser tab may leave for another page'
  return row('page', 'navigation', 'loopback', hostKind, why)
}

function row(process: SelfTestProcess, vector: Vector, place: Place, hostKind: HostKind, by: string): SelfTestRow {
  return { process, vector, place, expected: expectation(process, vector, hostKind), found: 'not-run', by, verdict: 'not-run' }
}

export function summarize(rows: readonly SelfTestRow[]): SelfTestSummary {
  const meant = rows.filter(({ expected, found }) => expected === 'blocked' && found !== 'not-run')
  return {
    blocked: meant.filter(({ found }) => found === 'blocked').length,
    total: meant.length,
    weaker: rows.filter(({ verdict }) => verdict === 'weaker').length,
    notRun: rows.filter(({ verdict, expected }) => verdict === 'not-run' && expected === 'blocked').length,
  }
}
