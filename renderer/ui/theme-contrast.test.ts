import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

type Rgba = readonly [number, number, number, number]

const css = readFileSync(join(import.meta.dirname, 'tokens.css'), 'utf8')

function tokensOf(theme: string): Map<string, Rgba> {
  const block = new RegExp(`\\[data-theme='${theme}'\\] \\{([^}]*)\\}`).exec(css)?.[1] ?? ''
  const pairs = [...block.matchAll(/--([\w-]+): (#[\da-f]{6}|rgba\([^)]*\));/g)]
  return new Map(pairs.map(([, name = '', value = '']) => [name, parse(value)]))
}

function parse(value: string): Rgba {
  if (value.startsWith('#')) return [1, 3, 5].map(at => Number.parseInt(value.slice(at, at + 2), 16)).concat(1) as unknown as Rgba
  return value.slice(5, -1).split(',').map(Number) as unknown as Rgba
}

/** Colour of one layer over an opaque one. */
function over([red, green, blue, alpha]: Rgba, [below0, below1, below2]: Rgba): Rgba {
  const mix = (top: number, below: number): number => top * alpha + below * (1 - alpha)
  return [mix(red, below0), mix(green, below1), mix(blue, below2), 1]
}

function luminance([red, green, blue]: Rgba): number {
  const linear = (part: number): number => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4)
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
}

function contrast(one: Rgba, other: Rgba): number {
  const [light, dark] = [luminance(one), luminance(other)].toSorted((a, b) => b - a) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

const surfaces = ['surface-0', 'surface-1', 'surface-2', 'overlay']
const texts = ['text', 'muted', 'faint', 'accent', 'warn', 'error', 'info']
const tints = ['hover', 'selected', 'accent-soft', 'warn-soft', 'error-soft', 'match']
const code = ['code-keyword', 'code-type', 'code-string', 'code-number', 'code-comment', 'code-added', 'code-removed']
const ansi = ['red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'].flatMap(name => [`ansi-${name}`, `ansi-bright-${name}`]).concat('ansi-bright-black')

/** Text on a tint: which colours are drawn there. On hover and selection `styles.css` draws faint text muted. */
const onTint: Record<string, readonly string[]> = {
  hover: ['text', 'muted'],
  selected: ['text', 'muted', 'warn', 'error'],
  'accent-soft': ['accent', 'text'],
  'warn-soft': ['warn', 'text', 'muted'],
  'error-soft': ['error', 'text', 'muted'],
  match: ['text'],
}

describe.each([
  { theme: 'dark', textMinimum: 4.5, controlMinimum: 3 },
  { theme: 'light', textMinimum: 4.5, controlMinimum: 3 },
  { theme: 'high-contrast', textMinimum: 7, controlMinimum: 4.5 },
])('contrast of the $theme theme', ({ theme, textMinimum, controlMinimum }) => {
  const tokens = tokensOf(theme)
  const get = (name: string): Rgba => {
    const colour = tokens.get(name)
    if (!colour) throw new Error(`${theme} has no token ${name}`)
    return colour
  }
  const check = (front: string, back: Rgba, place: string, minimum: number): string[] => {
    const ratio = contrast(over(get(front), back), back)
    return ratio >= minimum ? [] : [`${front} on ${place}: ${ratio.toFixed(2)} < ${minimum}`]
  }

  it('has every token that dark has', () => {
    expect([...tokens.keys()].toSorted()).toEqual([...tokensOf('dark').keys()].toSorted())
    expect(tokens.size).toBeGreaterThan(40)
  })

  it('keeps text readable on every surface', () => {
    expect(surfaces.flatMap(surface => texts.flatMap(text => check(text, get(surface), surface, textMinimum)))).toEqual([])
  })

  it('keeps text readable on hover, selection and tints', () => {
    const failures = surfaces.flatMap(surface =>
      tints.flatMap(tint => (onTint[tint] ?? []).flatMap(text => check(text, over(get(tint), get(surface)), `${tint} over ${surface}`, textMinimum))),
    )
    expect(failures).toEqual([])
  })

  it('keeps code, terminal and the primary button readable', () => {
    const editor = get('surface-2')
    const currentLine = over(get('current-line'), editor)
    const onEditor = [
      ...[...code, ...ansi].flatMap(name => check(name, editor, 'surface-2', textMinimum)),
      ...['text', 'faint', ...code].flatMap(name => check(name, currentLine, 'the current line', textMinimum)),
    ]
    expect([...onEditor, ...check('on-accent', get('accent'), 'accent', textMinimum), ...check('surface-2', get('text'), 'text', textMinimum)]).toEqual([])
  })

  it('keeps the parts of the context meter visible', () => {
    // Where `context-bar.tsx` draws them: in the composer and in what it opens to.
    const parts = ['faint', 'info', 'code-keyword', 'code-number', 'text', 'control-line']
    expect(['surface-2', 'overlay'].flatMap(surface => parts.flatMap(name => check(name, get(surface), surface, controlMinimum)))).toEqual([])
  })

  it('keeps the edges of controls and the focus ring visible', () => {
    expect(surfaces.flatMap(surface => ['control-line', 'accent'].flatMap(name => check(name, get(surface), surface, controlMinimum)))).toEqual([])
  })
})
