import { AppError } from '#shared/errors.ts'
import { maskOutgoing } from '../redaction/mask-outgoing.ts'
import type { Redactor } from '../redaction/redactor.ts'
import type { Audit } from '../audit/audit.ts'
import { addressKind } from './addresses.ts'

interface Leaving {
  body: Uint8Array | null
  /** As the request says it; empty where it does not. */
  contentType: string
  host: string
  /** All that may be connected to. */
  addresses: readonly string[]
  feature: string
}

interface Means {
  redactor: Redactor
  audit: Audit
  /** Asks the person whether it may go as it is; without a person: no. */
  askPerson: ((counts: Readonly<Record<string, number>>) => Promise<boolean>) | null
}

const textTypes = /^(text\/|application\/(json|xml|x-www-form-urlencoded|javascript|graphql|[^;]*\+(json|xml)))/i

/**
 * The body as it may leave: text for another machine is masked, and how much of what kind is recorded. Bytes that are no UTF-8 and are not said to be text pass.
 * Throws EGRESS_FAILED for text that cannot be read to be checked, REDACTION_TOO_LARGE, and what the audit log throws.
 */
export async function maskBody({ body, contentType, host, addresses, feature }: Leaving, { redactor, audit, askPerson }: Means): Promise<Uint8Array | null> {
  if (!body || body.byteLength === 0 || staysHere(addresses)) return body
  const text = readText(body)
  if (text === null) {
    if (textTypes.test(contentType)) throw new AppError('EGRESS_FAILED', { host, reason: 'its text cannot be checked for secrets: it is not UTF-8' })
    return body
  }
  const counts = askPerson ? countsOf(redactor, text) : {}
  if (askPerson && Object.keys(counts).length > 0 && (await askPerson(counts))) {
    audit.recordFirst({ kind: 'redaction.mask', actor: 'person', outcome: 'allowed', subject: host, details: { ...counts, feature } })
    return body
  }
  const { text: masked, findings } = maskOutgoing(text, { redactor, audit, actor: feature, target: host })
  return findings.length === 0 ? body : new TextEncoder().encode(masked)
}

interface Head {
  url: URL
  headers: Readonly<Record<string, unknown>>
  host: string
  addresses: readonly string[]
  feature: string
}

/** Why a request may not go because of what stands in its address or its headers, which cannot be masked and still mean the same; null where it may. */
export async function secretsInHead({ url, headers, host, addresses, feature }: Head, { redactor, audit, askPerson }: Means): Promise<string | null> {
  if (staysHere(addresses)) return null
  // Secrets that are named are put in later, and are meant to go.
  const written = Object.values(headers).filter(value => typeof value === 'string')
  const counts = countsOf(redactor, [decoded(url.pathname + url.search), ...written].join('\n'), true)
  const kinds = Object.keys(counts)
  if (kinds.length === 0) return null
  if (!askPerson || !(await askPerson(counts))) return `its address or headers hold what is masked: ${kinds.join(', ')}`
  audit.recordFirst({ kind: 'redaction.mask', actor: 'person', outcome: 'allowed', subject: host, details: { ...counts, feature } })
  return null
}

function staysHere(addresses: readonly string[]): boolean {
  return addresses.every(address => addressKind(address) === 'loopback')
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function countsOf(redactor: Redactor, text: string, isSureOnly = false): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { kind } of redactor.redact(text, { isSureOnly }).findings) counts[kind] = (counts[kind] ?? 0) + 1
  return counts
}

/** Null for bytes that are no text. */
function readText(body: Uint8Array): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body)
    return text.includes('\0') ? null : text
  } catch {
    return null
  }
}
