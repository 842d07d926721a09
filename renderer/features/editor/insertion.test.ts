import { describe, expect, it } from 'vitest'
import { insertionFor } from './insertion.ts'

describe('code that is inserted at the cursor', () => {
  it('never joins the line of code before it, and takes its indentation', () => {
    expect(insertionFor('export function a() {\n  return 1\n}\n', 'const counts = {}', '')).toEqual({ atLineEnd: true, text: '\nexport function a() {\n  return 1\n}' })
    expect(insertionFor('if (a) {\n\n  b()\n}', '  x()', '')).toEqual({ atLineEnd: true, text: '\n  if (a) {\n\n    b()\n  }' })
    expect(insertionFor('a()\nb()', 'f(', ')')).toEqual({ atLineEnd: true, text: '\na()\nb()' })
  })

  it('never joins the line of code after it', () => {
    expect(insertionFor('a()\nb()', '', 'const x = 1')).toEqual({ atLineEnd: false, text: 'a()\nb()\n' })
    expect(insertionFor('a()', '  ', 'const x = 1')).toEqual({ atLineEnd: false, text: 'a()\n  ' })
  })

  it('stands at the cursor on a blank line, and inside a line where it is one line itself', () => {
    expect(insertionFor('a()\nb()', '  ', '')).toEqual({ atLineEnd: false, text: 'a()\n  b()' })
    expect(insertionFor('value\n', 'f(', ')')).toEqual({ atLineEnd: false, text: 'value' })
    expect(insertionFor('', '', '')).toEqual({ atLineEnd: false, text: '' })
  })
})
