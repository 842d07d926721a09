import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { acceleratorOf, menuTemplate, pressOf } from './menu-template.ts'

const platforms = ['linux', 'win32', 'darwin']
const entries = (platform: string, isPackaged: boolean) => menuTemplate(platform, isPackaged).flatMap(column => column.entries)

describe('the menu', () => {
  it.each(platforms)('offers no dev tools and no reload in a package on %s', platform => {
    const roles = entries(platform, true).flatMap(entry => (entry.kind === 'role' ? [entry.role] : []))
    expect(roles).not.toContain('toggleDevTools')
    expect(roles).not.toContain('reload')
    expect(entries(platform, false).flatMap(entry => (entry.kind === 'role' ? [entry.role] : []))).toContain('toggleDevTools')
  })

  it.each(platforms)('can quit, copy and paste, and has no key twice on %s', platform => {
    const all = entries(platform, true)
    for (const role of ['quit', 'copy', 'paste']) expect(all.filter(entry => entry.kind === 'role' && entry.role === role)).toHaveLength(1)
    const keys = all.flatMap(entry => (entry.kind === 'command' ? [entry.keys] : []))
    expect(new Set(keys).size).toBe(keys.length)
  })

  it('presses only keys that a command of the page has', () => {
    const renderer = join(import.meta.dirname, '../../renderer')
    const sources = globSync('**/*.{ts,tsx}', { cwd: renderer }).map(name => readFileSync(join(renderer, name), 'utf8')).join('\n')
    const known = new Set([...sources.matchAll(/keys: \[([^\]]*)\]/g)].flatMap(match => [...(match[1] ?? '').matchAll(/'([^']+)'/g)].map(key => key[1])))
    for (const platform of platforms) for (const entry of entries(platform, true)) if (entry.kind === 'command') expect([...known]).toContain(entry.keys)
  })

  it('shows keys as Electron writes them and presses them as the page hears them', () => {
    expect(acceleratorOf('Ctrl+Shift+P')).toBe('CommandOrControl+Shift+P')
    expect(pressOf('Ctrl+Shift+P', 'linux')).toEqual({ keyCode: 'P', modifiers: ['control', 'shift'] })
    expect(pressOf('Ctrl+Alt+B', 'darwin')).toEqual({ keyCode: 'B', modifiers: ['meta', 'alt'] })
    expect(pressOf('F2', 'linux')).toEqual({ keyCode: 'F2', modifiers: [] })
    expect(pressOf('Ctrl+,', 'win32')).toEqual({ keyCode: ',', modifiers: ['control'] })
  })
})
