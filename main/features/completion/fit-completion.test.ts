import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fitCompletion } from './fit-completion.ts'

describe('fitCompletion', () => {
  it.each([
    ['whitespace', '  \n ', '\nrest', ''],
    ['a whole line', 'return a + b;  ', '\n}\n', 'return a + b;'],
    ['a bracket that stands already', 'a, b)', ')', 'a, b'],
    ['a bracket and more that stand already', 'a, b);', ');', 'a, b'],
    ['a call that it opened itself', 'first()', ')', 'first()'],
    ['a call inside a call', 'first())', ')', 'first()'],
    ['the rest of the line', 'value: string): void {', ': void {', 'value: string)'],
    ['a quote that stands already', "text'", "'", 'text'],
    ['a quote that it opened itself', "x === 'a'", "'", "x === 'a'"],
    ['nothing but what follows', ');', ');', ''],
    ['text with the rest of the line', 'b', ' + c', 'b'],
    ['the next line once more', 'const b = 2', '\nconst b = 2\nconst c = 3', ''],
    ['lines that follow', 'a()\n  b()\n}', '\n  b()\n}\n', 'a()'],
    ['a closing bracket that it needs', 'if (x) {\n    y()\n  }', '\n  }\n}', 'if (x) {\n    y()\n  }'],
    ['a closing bracket too many', 'y()\n}', '\n}\n', 'y()'],
  ])('fits %s', (_name, text, suffix, expected) => {
    expect(fitCompletion(text, suffix)).toBe(expected)
  })

  it('only ever cuts at the end, whatever comes', () => {
    const code = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '\n', '(', ')', '{', '}', '[', ']', "'", '"', ';', ','), maxLength: 40 })
    fc.assert(fc.property(code, code, (text, suffix) => text.startsWith(fitCompletion(text, suffix))), { numRuns: 2000 })
  })
})
