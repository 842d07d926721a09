import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decode, encode, isBinary, versionOf } from './file-content.ts'

describe('file content', () => {
  it('tells encodings and line endings', () => {
    expect(decode(Buffer.from('a\nb'))).toEqual({ text: 'a\nb', encoding: 'utf-8', lineEnding: 'lf', hasInvalidText: false })
    expect(decode(Buffer.from('\u{feff}a\r\nb\r\nc\n'))).toEqual({ text: 'a\r\nb\r\nc\n', encoding: 'utf-8-bom', lineEnding: 'crlf', hasInvalidText: false })
    expect(decode(new Uint8Array())).toEqual({ text: '', encoding: 'utf-8', lineEnding: 'lf', hasInvalidText: false })
  })

  it('shows bytes that are no UTF-8 as U+FFFD and says so', () => {
    expect(decode(Buffer.from([0x61, 0xff, 0x62]))).toMatchObject({ text: 'a\u{fffd}b', hasInvalidText: true })
    expect(decode(Buffer.from([0xc0, 0xaf]))).toMatchObject({ hasInvalidText: true })
    expect(decode(Buffer.from([0xed, 0xa0, 0x80]))).toMatchObject({ hasInvalidText: true })
  })

  it('calls a file with a NUL near its start binary', () => {
    expect(isBinary(Buffer.from('a\0b'))).toBe(true)
    expect(isBinary(Buffer.from('text'))).toBe(false)
    expect(isBinary(Buffer.from(`${'x'.repeat(9000)}\0`))).toBe(false)
  })

  it('gives back the same bytes for a file with one kind of line ending', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }).map(line => line.replace(/[\r\n\0\u{feff}]|\p{Surrogate}/gu, ''))), fc.constantFrom('\n', '\r\n'), fc.boolean(), (lines, end, hasMark) => {
        const bytes = Buffer.from((hasMark ? '\u{feff}' : '') + lines.map(line => line + end).join(''))
        const { text, encoding, lineEnding } = decode(bytes)
        expect(Buffer.from(encode(text, encoding, lineEnding))).toEqual(bytes)
      }),
    )
  })

  it('reads any bytes without failing, and writes valid text back unchanged in words', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), bytes => {
        const { text, hasInvalidText } = decode(bytes)
        expect(typeof text).toBe('string')
        if (hasInvalidText) expect(text).toContain('\u{fffd}')
      }),
    )
  })

  it('names bytes by their content', () => {
    expect(versionOf(Buffer.from('a'))).toBe(versionOf(Buffer.from('a')))
    expect(versionOf(Buffer.from('a'))).not.toBe(versionOf(Buffer.from('b')))
  })
})
