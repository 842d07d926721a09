import { describe, expect, it } from 'vitest'
import { resolveTheme } from './theme.ts'

describe('resolveTheme', () => {
  it.each([
    ['light', { isDark: true, wantsContrast: true }, 'light'],
    ['system', { isDark: true, wantsContrast: false }, 'dark'],
    ['system', { isDark: false, wantsContrast: false }, 'light'],
    ['system', { isDark: false, wantsContrast: true }, 'high-contrast'],
  ] as const)('%s with %j is %s', (chosen, system, expected) => {
    expect(resolveTheme(chosen, system)).toBe(expected)
  })
})
