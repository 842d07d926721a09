import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseFileQuery, splitMatches } from './file-query.ts'

describe('what is typed to find a file', () => {
  it('takes a line and a column off the end', () => {
    expect(parseFileQuery('tax.ts:12:4')).toEqual({ name: 'tax.ts', line: 12, column: 4 })
    expect(parseFileQuery('tax.ts:12')).toEqual({ name: 'tax.ts', line: 12, column: null })
    expect(parseFileQuery('tax.ts:')).toEqual({ name: 'tax.ts', line: null, column: null })
    expect(parseFileQuery(' tax ')).toEqual({ name: 'tax', line: null, column: null })
    expect(parseFileQuery('a:b')).toEqual({ name: 'a:b', line: null, column: null })
    expect(parseFileQuery('a.ts:0')).toMatchObject({ line: 1 })
  })

  it('gives back any name without a colon, with any line', () => {
    const name = fc.string().filter(text => !text.includes(':') && !text.includes('\n'))
    fc.assert(fc.property(name, fc.integer({ min: 1, max: 1e6 }), (text, line) => {
      const query = parseFileQuery(`${text}:${line}`)
      return query.name === text.trimStart() && query.line === line
    }))
  })

  it('shows the match in the name where it can', () => {
    expect(splitMatches('src/track/track.ts', [4, 5, 7, 8], 'trck')).toMatchObject({ nameMatches: [0, 1, 3, 4] })
  })

  it('moves matches along with the name', () => {
    expect(splitMatches('src/track/smooth.ts', [0, 10, 11], 'ssx')).toEqual({ name: 'smooth.ts', folder: 'src/track', nameMatches: [0, 1] })
    expect(splitMatches('a.ts', [0], 'a')).toEqual({ name: 'a.ts', folder: '', nameMatches: [0] })
  })
})
