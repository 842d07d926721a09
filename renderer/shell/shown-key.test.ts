import { describe, expect, it } from 'vitest'
import { shownKey } from './shown-key.ts'

describe('shownKey', () => {
  it('shows in a browser the key that the browser lets through', () => {
    expect(shownKey({ keys: ['Ctrl+W', 'Alt+W'] }, true)).toBe('Alt+W')
    expect(shownKey({ keys: ['Ctrl+W', 'Alt+W'] }, false)).toBe('Ctrl+W')
    expect(shownKey({ keys: ['Ctrl+S'] }, true)).toBe('Ctrl+S')
    expect(shownKey({ keys: ['Ctrl+W'] }, true)).toBe('Ctrl+W')
    expect(shownKey({}, true)).toBeUndefined()
  })
})
