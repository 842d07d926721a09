import { describe, expect, it } from 'vitest'
import { cutForHealing, grammarForcing } from './token-healing.ts'

describe('cutForHealing', () => {
  it.each([
    ['const total = it', 'const total =', ' it'],
    ['return ', 'return', ' '],
    ['items.ma', 'items.', 'ma'],
    ['  ret', '  ', 'ret'],
    ['if (x) {\n  ', 'if (x) {\n  ', ''],
    ['naïve größ', 'naïve', ' größ'],
    ['$scope', '', '$scope'],
    ['foo(', 'foo(', ''],
    ['', '', ''],
  ])('cuts %j into %j and %j', (prefix, kept, removed) => {
    expect(cutForHealing(prefix)).toEqual({ kept, removed })
  })

  it('leaves a word alone that is longer than a model would find again', () => {
    const prefix = `x = ${'a'.repeat(100)}`
    expect(cutForHealing(prefix)).toEqual({ kept: prefix, removed: '' })
  })
})

describe('grammarForcing', () => {
  it('escapes what GBNF would read as its own', () => {
    expect(grammarForcing(' a"\\')).toBe('root ::= " a\\"\\\\" [^\\x00]*')
    expect(grammarForcing('\n\r\t')).toBe('root ::= "\\n\\r\\t" [^\\x00]*')
  })
})
