import { isIP } from 'node:net'
import { AppError } from '#shared/errors.ts'
import { plainAddress } from './addresses.ts'

/** Whom a request is for. */
export interface EgressTarget {
  scheme: 'http' | 'https'
  /** Lower case, without a last dot; an address in its one spelling, without brackets. */
  host: string
  port: number
  /** The address, where the host is one or is known to be this machine. */
  address: string | null
}

const longestAddress = 8192

/** Reads an address as browsers do, so that every spelling of a host is the same host. Throws EGRESS_ADDRESS_INVALID. */
export function readTarget(text: string, base?: string): { url: URL; target: EgressTarget } {
  if (text.length > longestAddress) throw invalid('it is too long')
  if (!URL.canParse(text, base)) throw invalid('it is not an address of the web')
  const url = new URL(text, base)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw invalid('only http and https are spoken')
  if (url.username !== '' || url.password !== '') throw invalid('a name or a password stands in it')
  url.hash = ''
  const scheme = url.protocol === 'https:' ? 'https' : 'http'
  const host = plainHost(url.hostname)
  if (host === '') throw invalid('it names no host')
  const port = url.port === '' ? (scheme === 'https' ? 443 : 80) : Number(url.port)
  if (port === 0) throw invalid('port 0 is none')
  return { url, target: { scheme, host, port, address: addressOf(host) } }
}

/** A host as the person may write it: a name, an address, with a port or without. Throws EGRESS_ADDRESS_INVALID. */
export function readHost(text: string): { host: string; port: number | null } {
  const trimmed = text.trim()
  const bare = isIP(trimmed) === 6 ? `[${trimmed}]` : trimmed
  if (bare === '' || /[/@?#\\\s]/.test(bare) || !URL.canParse(`http://${bare}`)) throw invalid('it names no host')
  const url = new URL(`http://${bare}`)
  const host = plainHost(url.hostname)
  if (host === '') throw invalid('it names no host')
  const written = /:(\d{1,5})$/.exec(bare)
  if (written?.[1] !== undefined && Number(written[1]) === 0) throw invalid('port 0 is none')
  return { host, port: written?.[1] === undefined ? null : Number(written[1]) }
}

/** The address that needs no asking: written out, or this machine's own name. */
export function addressOf(host: string): string | null {
  if (isIP(host) !== 0) return host
  // Never asked of a resolver, which could answer anything (RFC 6761).
  return host === 'localhost' || host.endsWith('.localhost') ? '127.0.0.1' : null
}

function plainHost(hostname: string): string {
  if (hostname.startsWith('[')) return plainAddress(hostname.slice(1, -1))
  return hostname.replace(/\.$/, '').toLowerCase()
}

function invalid(reason: string): AppError<'EGRESS_ADDRESS_INVALID'> {
  return new AppError('EGRESS_ADDRESS_INVALID', { reason })
}
