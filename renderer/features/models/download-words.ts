import type { Download, DownloadPlan, DownloadStatus } from '#shared/contract/downloads.ts'
import type { EgressGrant, EgressMode } from '#shared/contract/egress.ts'
import { errorCatalog } from '#shared/errors.ts'
import { sizeWords } from '#shared/size-words.ts'
import { foreseen } from '../../rpc/follow.ts'

/** `40 s`, `3 min`, `1 h 20 min`: never more exact than it is. */
export function leftWords(seconds: number): string {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  const rest = minutes % 60
  return rest === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${rest} min`
}

const statuses: Readonly<Record<DownloadStatus, string>> = { queued: 'waits for its turn', running: 'connecting', checking: 'checking its hash', paused: 'paused', done: 'done', quarantined: 'set aside, its hash is wrong', cancelled: 'cancelled' }

/** `8.9 of 14.3 GB · 84 MB/s · 1 min left`, or what it is doing. */
export function progressWords(download: Download): string {
  const { status, doneBytes, sizeBytes, bytesPerSecond, secondsLeft, checkedRatio, error } = download
  const amount = sizeBytes === null ? sizeWords(doneBytes) : `${sizeWords(doneBytes)} of ${sizeWords(sizeBytes)}`
  if (status === 'running' && bytesPerSecond !== null) return [amount, `${sizeWords(bytesPerSecond)}/s`, secondsLeft === null ? '' : `${leftWords(secondsLeft)} left`].filter(Boolean).join(' · ')
  if (status === 'checking') return `${statuses.checking}${checkedRatio === null ? '' : `, ${Math.round(checkedRatio * 100)} %`}`
  if (status === 'done') return error === null ? `here, ${sizeWords(sizeBytes ?? doneBytes)}` : 'here, but it cannot be used'
  if (status === 'paused') return `${error === null ? statuses.paused : 'stopped'} at ${amount}`
  return statuses[status]
}

/** 0 to 1; null where nothing is known to measure it by. */
export function progressRatio({ status, doneBytes, sizeBytes, checkedRatio }: Download): number | null {
  if (status === 'checking') return checkedRatio
  return sizeBytes === null || sizeBytes === 0 ? null : Math.min(1, doneBytes / sizeBytes)
}

const isOver = ({ status }: Download): boolean => status === 'done' || status === 'cancelled'
/** What runs or waits first, then what stopped, then what is over; newest first within each. */
export function inOrder(downloads: readonly Download[]): Download[] {
  const rank = (download: Download): number => (isOver(download) ? 2 : download.status === 'paused' || download.status === 'quarantined' ? 1 : 0)
  return downloads.toSorted((one, other) => rank(one) - rank(other) || other.addedAt.getTime() - one.addedAt.getTime())
}

export function refusedHosts(plan: DownloadPlan): DownloadPlan['hosts'] {
  return plan.hosts.filter(({ decision }) => decision === 'refused')
}

/** The host of an error that says which grant is missing; null for any other error. */
export function refusedBy(failure: unknown): { host: string; port: number } | null {
  const known = foreseen(failure)
  if (known?.code !== 'DOWNLOAD_NEEDS_GRANT') return null
  const read = errorCatalog.DOWNLOAD_NEEDS_GRANT.safeParse(known.data)
  return read.success ? read.data : null
}

export type Place = 'machine' | 'network' | 'internet'

/** Where a host is, by its name alone: nothing is looked up. */
export function placeOf(host: string): Place {
  if (host === 'localhost' || host.endsWith('.localhost') || host === '::1' || /^127\./.test(host)) return 'machine'
  const isPrivate = /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|f[cd][\da-f]{2}:|fe80:)/i.test(host)
  return isPrivate || /\.(local|lan|home|internal|home\.arpa)$/.test(host) || !/[.:]/.test(host) ? 'network' : 'internet'
}

/** The mode that lets these hosts through once they are granted: offline and local never let the internet through. */
export function neededMode(mode: EgressMode, hosts: readonly string[]): EgressMode {
  const places = hosts.map(placeOf)
  if (places.includes('internet')) return mode === 'offline' || mode === 'local' ? 'list' : mode
  return places.includes('network') && mode === 'offline' ? 'local' : mode
}

const modeNames: Readonly<Record<EgressMode, string>> = { offline: 'offline', local: '“own network only”', ask: '“ask first”', list: '“only granted hosts”' }

export function askWords(mode: EgressMode, hosts: readonly string[]): string {
  const whom = hosts.length <= 1 ? (hosts[0] ?? 'the registry') : `${hosts[0]} and ${hosts.length === 2 ? 'one server' : `${hosts.length - 1} servers`} that it sends on to`
  const next = neededMode(mode, hosts)
  if (next !== mode) return `Cortex is ${mode === 'offline' ? 'offline' : `in the mode ${modeNames[mode]}`}. To download, it changes to ${modeNames[next]}, and may then connect to ${whom}.`
  return `Cortex may not connect to ${whom} yet.`
}

/** Grants that rest now and hold again with the new mode: a person must know before it changes. */
export function wakingGrants(mode: EgressMode, next: EgressMode, grants: readonly EgressGrant[]): string[] {
  if (next === mode) return []
  const holds = ({ host, isLocal }: EgressGrant, under: EgressMode): boolean => placeOf(host) === 'machine' || under === 'list' || (under === 'local' && isLocal)
  return [...new Set(grants.filter(grant => !holds(grant, mode) && holds(grant, next)).map(({ host }) => host))]
}
