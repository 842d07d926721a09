import { createHash } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { AuditQuery } from '#shared/contract/audit.ts'
import { AppError } from '#shared/errors.ts'
import type { AuditChain } from '../../platform/audit/audit-chain.ts'
import { chainStart, type AuditRow } from '../../platform/audit/audit-entry.ts'
import { exportEndBytes, makeSeal } from '../../platform/audit/audit-seal.ts'
import { publicKeyOf, signWith } from '../../platform/vault/signing-key.ts'
import type { Vault } from '../../platform/vault/vault.ts'
import { cefLine } from './cef-line.ts'
import { endLine, entryLine, headerLine, sealLine } from './export-lines.ts'

const rowsAtOnce = 500

export interface ExportRequest extends Omit<AuditQuery, 'text'> {
  format: 'jsonl' | 'cef'
}

interface Context {
  vault: Vault
  now: Date
  version: string
  signal?: AbortSignal | undefined
}

/** The entries as text, piece by piece. JSONL ends with the profile's signature over every byte before it, so that the public key alone verifies it. */
export async function* exportAudit(chain: AuditChain, request: ExportRequest, { vault, now, version, signal }: Context): AsyncGenerator<{ text: string }, void, void> {
  const { table } = chain
  const digest = createHash('sha256')
  const piece = (text: string): { text: string } => {
    digest.update(text)
    return { text }
  }
  const isJson = request.format === 'jsonl'
  const first = Math.max(request.from ?? 1, table.rotatedTo() + 1, table.firstSequence())
  const last = Math.min(request.to ?? chain.sequence, chain.sequence)
  const seals = table.seals()
  const before = first === 1 ? chainStart : (table.entry(first - 1) ?? seals.findLast(seal => seal.sequence === first - 1))
  // Without an entry before it a chain is begun anew: the first one that is there says where.
  if (!before) throw new AppError('STORAGE_DAMAGED', { path: 'cortex.db' })
  const isWhole = request.kind === undefined && request.actor === undefined && request.outcome === undefined
  const start = { sequence: first - 1, hash: before.hash }
  if (isJson) yield piece(headerLine({ publicKey: publicKeyOf(vault), version, exportedAt: now, isWhole, start }))
  let written = 0
  let lastRow: AuditRow | null = null
  for (let after = first - 1; after < last; ) {
    signal?.throwIfAborted()
    const rows = table.after(after, rowsAtOnce).filter(row => row.sequence <= last)
    lastRow = rows.at(-1) ?? lastRow
    if (!lastRow || rows.length === 0) break
    after = lastRow.sequence
    const wanted = rows.filter(row => isWanted(row, request))
    written += wanted.length
    const text = wanted.map(row => (isJson ? entryLine(row) : cefLine(row, version))).join('')
    if (text !== '') yield piece(text)
    await nextTurn()
  }
  if (!isJson) return
  const sealed = seals.filter(seal => seal.sequence >= first && seal.sequence <= last && isWhole).map(sealLine)
  // That the export begins later is the owner's word, else somebody could cut off its beginning.
  const begin = isWhole && start.sequence > 0 ? [sealLine(makeSeal(vault, { sequence: start.sequence, at: now.getTime(), reason: 'export-start', hash: before.hash, mac: before.mac }))] : []
  const end = lastRow && isWhole ? [sealLine(makeSeal(vault, { sequence: lastRow.sequence, at: now.getTime(), reason: 'export', hash: lastRow.hash, mac: lastRow.mac }))] : []
  yield piece([...begin, ...sealed, ...end].join(''))
  yield { text: endLine(written, signWith(vault, exportEndBytes(written, digest.digest()))) }
}

function isWanted(row: AuditRow, { kind, actor, outcome }: ExportRequest): boolean {
  return (kind === undefined || row.kind === kind || row.kind.startsWith(`${kind}.`)) && (actor === undefined || row.actor === actor) && (outcome === undefined || row.outcome === outcome)
}
