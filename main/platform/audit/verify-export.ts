import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import type { AuditFinding } from '#shared/contract/audit.ts'
import { chainStart, nextHash } from './audit-entry.ts'
import { isEqual } from './audit-head.ts'
import { exportEndBytes, isSealed } from './audit-seal.ts'
import { fingerprintOf, isSignedBy } from '../vault/signing-key.ts'

const Hash = z.string().regex(/^[0-9a-f]{64}$/).transform(text => Buffer.from(text, 'hex'))
const Base64 = z.base64().transform(text => Buffer.from(text, 'base64'))
const Sequence = z.number().int().nonnegative()

const Line = z.discriminatedUnion('type', [
  z.object({ type: z.literal('header'), format: z.literal('cortex-audit-export'), version: z.literal(1), publicKey: Base64, isWhole: z.boolean(), start: z.object({ sequence: Sequence, hash: Hash }) }),
  z.object({ type: z.literal('entry'), sequence: Sequence, at: z.string(), uptime: z.number(), kind: z.string(), actor: z.string(), outcome: z.string(), subject: z.string().nullable(), details: z.string().nullable(), chained: z.string(), hash: Hash }),
  z.object({ type: z.literal('seal'), sequence: Sequence, at: z.number(), reason: z.string(), hash: Hash, mac: Hash, signature: Base64 }),
  z.object({ type: z.literal('end'), entries: z.number().int(), signature: Base64 }),
])

export interface ExportVerdict {
  /** `unreadable`: not an export. `filtered`: as it was written, with entries left out on purpose, so that no chain can be followed. */
  status: 'intact' | 'broken' | 'unreadable' | 'filtered'
  entries: number
  seals: number
  /** Of the key that sealed it. Whether that is the right one only its owner can say. */
  fingerprint: string | null
  findings: AuditFinding[]
}

/** Checks an export line by line with nothing but what it holds: each entry follows from the one before, and the profile's key signed every byte. */
export async function verifyExport(lines: AsyncIterable<string> | Iterable<string>): Promise<ExportVerdict> {
  const findings: AuditFinding[] = []
  const find = (finding: AuditFinding['finding'], from: number, to = from): number => findings.push({ finding, from, to, field: null, isNoted: false })
  const hashes = new Map<number, Buffer>()
  let header: Extract<z.infer<typeof Line>, { type: 'header' }> | null = null
  let hash = Buffer.alloc(0)
  let sequence = 0
  let entries = 0
  let seals = 0
  let sealedTo = 0
  let end: { entries: number; isSigned: boolean } | null = null
  const digest = createHash('sha256')
  let isStartSealed = false
  for await (const text of lines) {
    if (text === '') continue
    const line = Line.safeParse(parsed(text)).data
    if (line?.type !== 'end') digest.update(`${text}\n`)
    if (!header) {
      if (line?.type !== 'header') return { status: 'unreadable', entries, seals, fingerprint: null, findings }
      header = line
      hash = line.start.hash
      sequence = line.start.sequence
      isStartSealed = sequence === 0 && isEqual(hash, chainStart.hash)
      hashes.set(sequence, hash)
      continue
    }
    if (line?.type === 'end' && end === null) end = { entries: line.entries, isSigned: isSignedBy(header.publicKey, exportEndBytes(line.entries, digest.copy().digest()), line.signature) }
    else if (end !== null) find('inserted', sequence + 1)
    else if (line?.type === 'entry' && !header.isWhole) {
      entries++
      sequence = line.sequence
    } else if (line?.type === 'entry') {
      if (line.sequence > sequence + 1) find('removed', sequence + 1, line.sequence - 1)
      else if (line.sequence <= sequence) find('reordered', line.sequence, sequence)
      const isRight = isEqual(nextHash(hash, line.chained), line.hash) && saysTheSame(line)
      if (line.sequence === sequence + 1 && !isRight) find('edited', line.sequence)
      entries++
      sequence = line.sequence
      hash = line.hash
      hashes.set(sequence, hash)
    } else if (line?.type === 'seal') {
      seals++
      if (!isSealed(header.publicKey, line)) find('seal-invalid', line.sequence)
      else if (!isSame(hashes.get(line.sequence), line.hash)) find('seal-differs', line.sequence)
      else if (line.reason === 'export-start') isStartSealed ||= line.sequence === header.start.sequence
      else sealedTo = Math.max(sealedTo, line.sequence)
    } else find('edited', sequence + 1)
  }
  if (!header) return { status: 'unreadable', entries, seals, fingerprint: null, findings }
  if (!end) find('end-missing', sequence)
  else {
    const gaps = findings.filter(({ finding }) => finding === 'removed').reduce((sum, { from, to }) => sum + to - from + 1, 0)
    const missing = end.entries - entries - (header.isWhole ? gaps : 0)
    if (missing > 0) find(header.isWhole ? 'truncated' : 'some-missing', sequence + 1, sequence + missing)
    else if (end.entries < entries && findings.length === 0) find('inserted', sequence)
  }
  if (header.isWhole && !isStartSealed) find('removed', 1, header.start.sequence)
  if (header.isWhole && entries > 0 && sealedTo < sequence) find('seal-missing', sequence)
  // Where more is known than that something was changed, that is told.
  if (end && !end.isSigned && findings.length === 0) find('seal-missing', sequence)
  const whole = header.isWhole ? 'intact' : 'filtered'
  return { status: findings.length === 0 ? whole : 'broken', entries, seals, fingerprint: fingerprintOf(header.publicKey), findings }
}

/** The fields that people and programs read are those that were hashed. */
function saysTheSame({ sequence, at, uptime, kind, actor, outcome, subject, details, chained }: Extract<z.infer<typeof Line>, { type: 'entry' }>): boolean {
  return isDeepStrictEqual(parsed(chained), [sequence, Date.parse(at), uptime, kind, actor, outcome, subject, details])
}

function isSame(one: Buffer | undefined, other: Buffer): boolean {
  return one !== undefined && isEqual(one, other)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
