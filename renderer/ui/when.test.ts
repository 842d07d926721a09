import { describe, expect, it } from 'vitest'
import { keyLabels, keyText } from './key-label.ts'
import { whenText } from './when.ts'

describe('whenText', () => {
  const now = new Date(2026, 10, 21, 10, 0)
  it.each([
    [new Date(2026, 10, 21, 0, 5), '00:05'],
    [new Date(2026, 10, 20, 23, 59), 'yesterday'],
    [new Date(2026, 10, 2), '2 November'],
    [new Date(2025, 10, 2), '2 November 2025'],
  ])('%s', (at, expected) => {
    expect(whenText(at, now)).toBe(expected)
  })
})

describe('keyLabels', () => {
  it('writes a binding as the platform does', () => {
    expect(keyText('Ctrl+Shift+P', false)).toBe('Ctrl Shift P')
    expect(keyText('Ctrl+Shift+P', true)).toBe('⌘⇧P')
    expect(keyLabels('Ctrl+ArrowRight', false)).toEqual(['Ctrl', '→'])
  })
})
