import { describe, expect, it } from 'vitest'
import type { Command } from './feature.ts'
import { commandForStroke } from './keymap.ts'

const command = (id: string, keys: string[], keyScope?: string): Command => ({ id, title: id, category: 'Test', keys, run: () => undefined, ...(keyScope ? { keyScope } : {}) })
const ctrl = (key: string) => ({ key, code: `Key${key.toUpperCase()}`, ctrlKey: true, metaKey: false, altKey: false, shiftKey: false, isAltGraph: false })

const commands = [command('files.save', ['Ctrl+S']), command('settings.saveJson', ['Ctrl+S'], 'settings-json'), command('tree.find', ['Ctrl+F'], 'tree'), command('terminals.copy', ['Ctrl+C'], 'terminal'), command('pages.close', ['Ctrl+W', 'Alt+W'])]
const found = (key: string, scopes: string[]): string | undefined => commandForStroke(commands, ctrl(key), scopes, false)?.id

describe('commandForStroke', () => {
  it('prefers the command of the innermost scope', () => {
    expect(found('s', [])).toBe('files.save')
    expect(found('s', ['settings-json'])).toBe('settings.saveJson')
    expect(found('s', ['tree', 'settings-json'])).toBe('settings.saveJson')
  })

  it('keeps scoped keys inside their scope', () => {
    expect(found('f', [])).toBeUndefined()
    expect(found('f', ['tree'])).toBe('tree.find')
  })

  it('leaves Ctrl with a letter to the shell in a terminal, but for the terminal\'s own commands', () => {
    expect(found('w', [])).toBe('pages.close')
    expect(found('w', ['terminal'])).toBeUndefined()
    expect(found('c', ['terminal'])).toBe('terminals.copy')
  })
})
