import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { smallestEdit } from './smallest-edit.ts'

describe('the smallest edit', () => {
  it('turns the one text into the other, whatever they are', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom('a', 'b', '\n', '🙂', '🙃') }))
    fc.assert(
      fc.property(text, text, text, text, (front, back, one, other) => {
        const before = front + one + back
        const after = front + other + back
        const edit = smallestEdit(before, after)
        if (!edit) return before === after
        return edit.start <= edit.end && before.slice(0, edit.start) + edit.text + before.slice(edit.end) === after
      }),
      { numRuns: 2000 },
    )
  })

  it('leaves alone what both share, and never cuts a character in two', () => {
    expect(smallestEdit('one two three', 'one 2 three')).toEqual({ start: 4, end: 7, text: '2' })
    expect(smallestEdit('a🙂b', 'a🙃b')).toEqual({ start: 1, end: 3, text: '🙃' })
    expect(smallestEdit('same', 'same')).toBeNull()
  })
})
