import type { EgressGrant, EgressMode, EgressQuestion } from '#shared/contract/egress.ts'

export const modeNames: Readonly<Record<EgressMode, string>> = { offline: 'Offline', local: 'Local network', ask: 'Ask', list: 'Allow-list' }

export const modeDetails: Readonly<Record<EgressMode, string>> = {
  offline: 'No connection at all, to anyone.',
  local: 'Only machines that you name here.',
  ask: 'Each new host asks you first.',
  list: 'Hosts on your list, nothing else.',
}

/** What a person accepts who leaves Offline. */
export const modeMeanings: Readonly<Record<Exclude<EgressMode, 'offline'>, string>> = {
  local: 'Features of Cortex may then connect to machines of your network that you grant below, and to nothing else. The model stays without any network.',
  ask: 'Features of Cortex may then ask to connect to any host. You see each new one and say yes or no; without an answer within a minute it is refused. The model stays without any network.',
  list: 'Features of Cortex may then connect to the hosts that you grant below without asking again. The model stays without any network.',
}

/** A connection under Offline is still possible to a port of this machine that was granted. */
export function offlineDetail(grants: readonly EgressGrant[]): string {
  const ports = grants.filter(grant => isThisMachine(grant.host)).length
  return ports === 0 ? modeDetails.offline : `Only ${ports === 1 ? 'the port' : `the ${ports} ports`} of this machine granted below.`
}

export function isThisMachine(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '::1' || /^127\./.test(host)
}

export function placeText({ host, port }: { host: string; port: number | null }): string {
  if (port === null) return host
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

/** "2 h 5 min", "6 days"; what is left of a grant. */
export function leftText(expiresAt: Date | null, now: Date): string {
  if (expiresAt === null) return 'until revoked'
  const minutes = Math.max(1, Math.round((expiresAt.getTime() - now.getTime()) / 60_000))
  if (minutes < 60) return `${minutes} min left`
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min left`
  return `${Math.ceil(minutes / 1440)} days left`
}

export function questionTitle({ host, port, unmasked }: EgressQuestion): string {
  return `${unmasked ? 'Send unmasked to' : 'Connect to'} ${placeText({ host, port: port === 443 || port === 80 ? null : port })}?`
}

export function questionText({ feature, why, port, isLocal, unmasked }: EgressQuestion): string {
  if (unmasked) return `Asked by ${feature}: ${why}. It holds what would be masked: ${Object.entries(unmasked).map(([kind, count]) => `${count} × ${kind}`).join(', ')}. Refuse, and it is sent masked.`
  const nearby = isLocal ? ' It is a machine of your network, or this one.' : ''
  return `Asked by ${feature}: ${why}, at port ${port}.${nearby} The host learns your address and what is asked of it.`
}
