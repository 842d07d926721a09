import type { EgressGrant, EgressMode } from '#shared/contract/egress.ts'
import { addressKind, plainAddress, type AddressKind } from './addresses.ts'
import { addressOf, type EgressTarget } from './egress-target.ts'

/** What is in force at one moment. */
export interface EgressPolicy {
  mode: EgressMode
  isLocked: boolean
  /** Grants by their host; only those that have not expired. */
  grants: ReadonlyMap<string, readonly EgressGrant[]>
}

export interface Decision {
  verdict: 'allow' | 'refuse' | 'ask'
  /** In words, for the ledger. */
  rule: string
  /** What allowed it. */
  grant: EgressGrant | null
}

type Asked = Pick<EgressTarget, 'host' | 'port' | 'address'> & { feature: string }

const webPorts: readonly number[] = [80, 443]
const localKinds: readonly AddressKind[] = ['loopback', 'private', 'link-local']

export function compilePolicy(mode: EgressMode, isLocked: boolean, grants: readonly EgressGrant[]): EgressPolicy {
  return { mode: isLocked ? 'offline' : mode, isLocked, grants: isLocked ? new Map() : Map.groupBy(grants, grant => grant.host) }
}

/** Whether this host may be connected to at all; asked before a name is looked up, since that too tells others of it. */
export function decideHost(policy: EgressPolicy, asked: Asked): Decision {
  const kind = asked.address === null ? null : addressKind(asked.address)
  if (kind === 'nowhere') return refuse('an address of no machine')
  const grant = findGrant(policy, asked, kind)
  if (kind === 'metadata' && !grant) return refuse(policy.mode === 'offline' ? 'offline' : 'metadata address')
  if (policy.mode === 'offline') {
    if (kind === 'loopback' && grant) return allow(grant)
    return refuse(policy.isLocked ? 'offline: the vault is locked' : kind === 'loopback' ? 'offline: this port of this machine is not granted' : 'offline')
  }
  if (policy.mode === 'local' && kind === 'public') return refuse('local network only')
  if (grant) return allow(grant)
  if (policy.mode === 'ask') return { verdict: 'ask', rule: 'ask', grant: null }
  if (policy.mode === 'local') return refuse('not named for the local network')
  return refuse(webPorts.includes(asked.port) ? 'not on the allow-list' : `port ${asked.port} is not granted`)
}

/**
 * Whether this address, which stands behind an allowed host, may be connected to. `grant` is what allowed the host; null where the person allowed it
 * this once. A name must not lead to a machine nearby unless it was granted as one: that is how other sites reach what only you can.
 */
export function decideAddress(policy: EgressPolicy, asked: Asked, address: string, grant: EgressGrant | null): Decision {
  const kind = addressKind(address)
  const isNamed = asked.address !== null && plainAddress(asked.address) === plainAddress(address)
  if (kind === 'nowhere') return refuse('an address of no machine')
  if (policy.mode === 'offline' && kind !== 'loopback') return refuse('offline')
  if (kind === 'metadata') return isNamed && grant ? allow(grant) : refuse('metadata address')
  if (policy.mode === 'local' && kind === 'public') return refuse('local network only')
  if (kind === 'public' || isNamed || grant?.isLocal === true) return allow(grant)
  return refuse(kind === 'loopback' ? 'this machine behind a name' : 'local address behind a name')
}

export function isLocalKind(kind: AddressKind): boolean {
  return localKinds.includes(kind)
}

/** Whether a grant may be given at all: one for a local host must name a port of this machine, and an address must be one of a machine. */
export function grantProblem(host: string, port: number | null): string | null {
  const address = addressOf(host)
  const kind = address === null ? null : addressKind(address)
  if (kind === 'nowhere') return 'it is an address of no machine'
  if (kind === 'loopback' && port === null) return 'for this machine, a port must be named'
  return null
}

function findGrant({ grants }: EgressPolicy, { host, port, feature }: Asked, kind: AddressKind | null): EgressGrant | null {
  for (const grant of grants.get(host) ?? []) {
    const isPort = grant.port === null ? kind !== 'loopback' && webPorts.includes(port) : grant.port === port
    if (isPort && (grant.feature === '*' || grant.feature === feature)) return grant
  }
  return null
}

function allow(grant: EgressGrant | null): Decision {
  if (!grant) return { verdict: 'allow', rule: 'allowed once by you', grant }
  const whom = grant.feature === '*' ? 'granted' : `granted to ${grant.feature}`
  return { verdict: 'allow', rule: grant.expiresAt === null ? whom : `${whom} until ${minutes(grant.expiresAt)}`, grant }
}

function refuse(rule: string): Decision {
  return { verdict: 'refuse', rule, grant: null }
}

/** The local time as people write it: 2026-11-21 18:00. */
function minutes(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`
}
