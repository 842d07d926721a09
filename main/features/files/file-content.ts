import { hash } from 'node:crypto'
import type { FileContent } from '#shared/contract/files.ts'

type Decoded = Pick<FileContent, 'text' | 'encoding' | 'lineEnding' | 'hasInvalidText'>

const sniffedBytes = 8192
const byteOrderMark = [0xef, 0xbb, 0xbf] as const

/** Names the bytes: equal for equal bytes, another for any others. */
export function versionOf(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'base64url').slice(0, 22)
}

/** A NUL near the start: no text that people write holds one. */
export function isBinary(bytes: Uint8Array): boolean {
  return bytes.subarray(0, sniffedBytes).includes(0)
}

export function decode(bytes: Uint8Array): Decoded {
  const hasMark = byteOrderMark.every((byte, index) => bytes[index] === byte)
  const body = hasMark ? bytes.subarray(byteOrderMark.length) : bytes
  const { text, hasInvalidText } = decodeText(body)
  return { text, hasInvalidText, encoding: hasMark ? 'utf-8-bom' : 'utf-8', lineEnding: lineEndingOf(text) }
}

export function encode(text: string, encoding: FileContent['encoding'], lineEnding: FileContent['lineEnding']): Uint8Array {
  const ended = text.replace(/\r?\n/g, lineEnding === 'crlf' ? '\r\n' : '\n')
  return Buffer.from(encoding === 'utf-8-bom' ? `\u{feff}${ended}` : ended, 'utf8')
}

function decodeText(bytes: Uint8Array): { text: string; hasInvalidText: boolean } {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes), hasInvalidText: false }
  } catch {
    return { text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes), hasInvalidText: true }
  }
}

/** The one that most lines end with. */
function lineEndingOf(text: string): FileContent['lineEnding'] {
  let carriage = 0
  let plain = 0
  for (let index = text.indexOf('\n'); index !== -1; index = text.indexOf('\n', index + 1)) {
    if (text.charCodeAt(index - 1) === 13) carriage++
    else plain++
  }
  return carriage > plain ? 'crlf' : 'lf'
}
