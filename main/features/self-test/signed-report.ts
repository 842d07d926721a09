import { z } from 'zod'
import { SelfTestResult } from '#shared/contract/self-test.ts'
import { fingerprintOf, isSignedBy, publicKeyOf, signWith } from '../../platform/vault/signing-key.ts'
import type { Vault } from '../../platform/vault/vault.ts'

const format = 'cortex-egress-report-1'

const File = z.strictObject({
  format: z.literal(format),
  report: SelfTestResult,
  /** Base64 of 32 bytes. */
  publicKey: z.string(),
  fingerprint: z.string(),
  /** Base64 of 64 bytes: Ed25519 over the text of `report` without spaces. */
  signature: z.string(),
})

/** The text of a report's file; throws STORAGE_LOCKED while the vault is locked. */
export function signReport(vault: Vault, result: SelfTestResult): { text: string; fingerprint: string } {
  // In the order of the schema, as a reader will have it.
  const report = SelfTestResult.parse(result)
  const publicKey = publicKeyOf(vault)
  const fingerprint = fingerprintOf(publicKey)
  const signature = signWith(vault, bytesOf(report)).toString('base64')
  return { text: textOf({ format, report, publicKey: publicKey.toString('base64'), fingerprint, signature }), fingerprint }
}

export type Verified = { isGood: true; report: SelfTestResult; fingerprint: string } | { isGood: false; reason: string }

/** Checks a report's text alone, without a profile: one changed byte, of spaces too, is found. `expected`: the fingerprint as the person was told it. */
export function verifyReport(text: string, expected: string | null): Verified {
  const file = parse(text)
  if (!file) return { isGood: false, reason: 'It is not a report of Cortex, or parts of it are missing.' }
  if (textOf(file) !== text) return { isGood: false, reason: 'Its text was changed after it was written.' }
  const publicKey = Buffer.from(file.publicKey, 'base64')
  const signature = Buffer.from(file.signature, 'base64')
  if (publicKey.toString('base64') !== file.publicKey || signature.toString('base64') !== file.signature) return { isGood: false, reason: 'Its key or its signature is damaged.' }
  if (!isSignedBy(publicKey, bytesOf(file.report), signature)) return { isGood: false, reason: 'Its content does not fit its signature: one of them was changed.' }
  const fingerprint = fingerprintOf(publicKey)
  if (file.fingerprint !== fingerprint) return { isGood: false, reason: 'The fingerprint in it is not that of its key.' }
  if (expected !== null && bare(expected) !== bare(fingerprint)) return { isGood: false, reason: `It was signed by another key: ${fingerprint}.` }
  return { isGood: true, report: file.report, fingerprint }
}

function parse(text: string): z.infer<typeof File> | null {
  try {
    const { data } = File.safeParse(JSON.parse(text))
    return data ?? null
  } catch {
    return null
  }
}

function textOf(file: z.infer<typeof File>): string {
  return `${JSON.stringify(file, null, 2)}\n`
}

function bytesOf(report: SelfTestResult): Buffer {
  return Buffer.from(`${format}\n${JSON.stringify(report)}`)
}

function bare(fingerprint: string): string {
  return fingerprint.replace(/[\s:-]/g, '').toLowerCase()
}
