import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fence, languageOf, pathInText } from './fence.ts'

describe('fence', () => {
  it('is longer than any run of backticks in the text, so that nothing in the text ends it', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('`', '```', '\n', 'a', '~~~', '`````ts')).map(parts => parts.join('')), text => {
        const [first = '', ...rest] = fence(text, 'ts').split('\n')
        const marks = first.slice(0, -2)
        expect(marks).toMatch(/^`{3,}$/)
        expect(rest.pop()).toBe(marks)
        expect(rest.some(line => line.includes(marks))).toBe(false)
        expect(rest.join('\n')).toBe(text.endsWith('\n') ? text.slice(0, -1) : text)
      }),
    )
  })

  it('shows a path in one line and without fences', () => {
    expect(pathInText('a\nb`c\u2028d')).toBe('a\\u{a}b\\u{60}c\\u{2028}d')
    expect(pathInText('src/ünï/👋.ts')).toBe('src/ünï/👋.ts')
  })

  it('names the language by the end of the path, or not at all', () => {
    expect(languageOf('a/b.TS')).toBe('ts')
    expect(languageOf('a.c++')).toBe('c++')
    expect(languageOf('Makefile')).toBe('')
    expect(languageOf('a.` bad')).toBe('')
  })
})
