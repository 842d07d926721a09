import { describe, expect, it } from 'vitest'
import { ScopeEnd } from './scope-end.ts'

const cut = (scope: 'line' | 'block', prefix: string, text: string): string | null => {
  const end = new ScopeEnd(scope, prefix).find(text)
  return end === null ? null : text.slice(0, end)
}

describe('a line', () => {
  it('ends at its newline and goes on before it', () => {
    expect(cut('line', 'const a = ', '1 + 2')).toBeNull()
    expect(cut('line', 'const a = ', '1 + 2\nconst b')).toBe('1 + 2')
    expect(cut('line', 'const a = ', '1 + 2\r\nconst b')).toBe('1 + 2')
    expect(cut('line', 'const a = 1', '\nnext')).toBe('')
  })
})

describe('a block', () => {
  const prefix = 'function add(a, b) {\n  '

  it.each([
    ['a dedent', 'const sum = a + b\n  return sum\nother()', 'const sum = a + b\n  return sum'],
    ['the closing bracket on a line of its own', 'return a + b\n}\n', 'return a + b'],
    ['the closing bracket in the line', 'return a + b }', 'return a + b'],
    ['a blank line', 'return a + b\n\n  more()', 'return a + b'],
    ['a blank line of spaces', 'return a + b\n   \n  more()', 'return a + b'],
  ])('ends at %s', (_name, text, expected) => {
    expect(cut('block', prefix, text)).toBe(expected)
  })

  it('goes on through nested blocks, strings and comments with brackets', () => {
    expect(cut('block', prefix, 'if (a) {\n    return "}" // }\n  }\n  return b')).toBeNull()
    expect(cut('block', prefix, "don't()\n  next")).toBeNull()
    expect(cut('block', prefix, '`}${x}` + 1')).toBeNull()
  })

  it('waits for the first visible character of a line before it judges its indent', () => {
    expect(cut('block', prefix, 'return a +\n')).toBeNull()
    expect(cut('block', prefix, 'return a +\n  ')).toBeNull()
  })

  it('knows the least indent when the editor put none', () => {
    expect(cut('block', 'class A {\n', '  x = 1\n  y = 2\nend')).toBe('  x = 1\n  y = 2')
    expect(cut('block', 'def f():\n\t', 'return 1\nprint()')).toBe('return 1')
    expect(cut('block', 'run(() => {', 'a()\n  b()\n}')).toBe('a()\n  b()')
    expect(cut('block', '', 'a\nb')).toBeNull()
  })

  it('lets a suggestion begin with a newline', () => {
    expect(cut('block', 'class A {', '\n  x = 1')).toBeNull()
  })
})
