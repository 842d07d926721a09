import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { belongsToTerminal, matchesBinding, parseBinding, type KeyStroke } from './key-binding.ts'

const stroke = (key: string, code: string, held = ''): KeyStroke => ({
  key,
  code,
  ctrlKey: held.includes('c'),
  metaKey: held.includes('m'),
  altKey: held.includes('a'),
  shiftKey: held.includes('s'),
  isAltGraph: held.includes('g'),
})

describe('key bindings', () => {
  it('reads modifiers and keys, also a plus and a backslash', () => {
    expect(parseBinding('Ctrl+Shift+P')).toEqual({ key: 'P', isCtrl: true, isAlt: false, isShift: true })
    expect(parseBinding('Ctrl++').key).toBe('+')
    expect(parseBinding('Alt+\\')).toEqual({ key: '\\', isCtrl: false, isAlt: true, isShift: false })
    expect(parseBinding('F2')).toEqual({ key: 'F2', isCtrl: false, isAlt: false, isShift: false })
  })

  it.each([
    ['Ctrl+P', stroke('p', 'KeyP', 'c'), true],
    ['Ctrl+P', stroke('P', 'KeyP', 'cs'), false],
    ['Ctrl+Shift+P', stroke('P', 'KeyP', 'cs'), true],
    ['Ctrl+W', stroke('w', 'KeyZ', 'c'), true],
    ['Ctrl+W', stroke('z', 'KeyW', 'c'), false],
    ['Ctrl+W', stroke('ц', 'KeyW', 'c'), true],
    ['Ctrl+\\', stroke('\\', 'Backslash', 'c'), true],
    ['Ctrl+,', stroke('б', 'Comma', 'c'), true],
    ['F1', stroke('F1', 'F1'), true],
    ['F1', stroke('F1', 'F1', 'm'), false],
    ['Ctrl+Alt+L', stroke('ł', 'KeyL', 'cag'), false],
  ])('%s against a stroke: %#', (binding, pressed, expected) => {
    expect(matchesBinding(pressed, parseBinding(binding), false)).toBe(expected)
  })

  it('takes Command for Ctrl on a Mac, and leaves Control to others', () => {
    expect(matchesBinding(stroke('s', 'KeyS', 'm'), parseBinding('Ctrl+S'), true)).toBe(true)
    expect(matchesBinding(stroke('s', 'KeyS', 'c'), parseBinding('Ctrl+S'), true)).toBe(false)
  })

  it('never matches with another set of modifiers than its own', () => {
    const modifiers = fc.record({ ctrlKey: fc.boolean(), altKey: fc.boolean(), shiftKey: fc.boolean() })
    fc.assert(
      fc.property(modifiers, modifiers, (wanted, held) => {
        const text = [wanted.ctrlKey && 'Ctrl', wanted.altKey && 'Alt', wanted.shiftKey && 'Shift', 'K'].filter(Boolean).join('+')
        const same = wanted.ctrlKey === held.ctrlKey && wanted.altKey === held.altKey && wanted.shiftKey === held.shiftKey
        return matchesBinding({ ...stroke('k', 'KeyK'), ...held }, parseBinding(text), false) === same
      }),
    )
  })

  it('leaves a shell its own keys', () => {
    const left = ['Ctrl+P', 'Ctrl+W', 'Ctrl+B', 'Alt+W', 'Ctrl+\\']
    const taken = ['Ctrl+Shift+P', 'F1', 'F6', 'Ctrl+,', 'Ctrl+Alt+B', 'Ctrl+`']
    expect(left.filter(keys => !belongsToTerminal(parseBinding(keys), false))).toEqual([])
    expect(taken.filter(keys => belongsToTerminal(parseBinding(keys), false))).toEqual([])
    expect(belongsToTerminal(parseBinding('Ctrl+P'), true)).toBe(false)
  })
})
