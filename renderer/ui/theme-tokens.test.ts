import { describe, expect, it } from 'vitest'
import { hexColour } from './theme-tokens.ts'

describe('hexColour', () => {
  it.each([
    ['rgb(255, 255, 255)', '#ffffff'],
    ['rgb(15, 17, 19)', '#0f1113'],
    ['rgba(255, 255, 255, 0.08)', '#ffffff14'],
    ['rgba(0, 0, 0, 0)', '#00000000'],
  ])('writes %s as %s', (computed, expected) => {
    expect(hexColour(computed)).toBe(expected)
  })
})
