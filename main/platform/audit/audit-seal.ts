import type { ChainLink } from './audit-entry.ts'
import { isSignedBy, signWith } from '../vault/signing-key.ts'
import type { Vault } from '../vault/vault.ts'

export const sealReasons = ['interval', 'exit', 'rotation', 'export', 'export-start'] as const
export type SealReason = (typeof sealReasons)[number]

/** The profile's Ed25519 signature over where the chain stood. One of a rotation is where the chain that is kept begins. */
export interface AuditSeal extends ChainLink {
  sequence: number
  /** Milliseconds of the wall clock. */
  at: number
  reason: string
  /** 64 bytes. */
  signature: Buffer
}

export function makeSeal(vault: Vault, facts: Omit<AuditSeal, 'signature'>): AuditSeal {
  return { ...facts, signature: signWith(vault, sealBytes(facts)) }
}

export function isSealed(publicKey: Uint8Array, seal: AuditSeal): boolean {
  return isSignedBy(publicKey, sealBytes(seal), seal.signature)
}

/** What the last line of an export signs: so many entries, and every byte before it. */
export function exportEndBytes(entries: number, digest: Buffer): Buffer {
  return Buffer.from(JSON.stringify(['cortex audit export', entries, digest.toString('hex')]))
}

function sealBytes({ sequence, at, reason, hash, mac }: Omit<AuditSeal, 'signature'>): Buffer {
  return Buffer.from(JSON.stringify(['cortex audit seal', sequence, at, reason, hash.toString('hex'), mac.toString('hex')]))
}
