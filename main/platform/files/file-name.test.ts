import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nameProblem } from './file-name.ts'

describe('nameProblem', () => {
  it.each(['a.ts', '🌊 wave.md', 'two\nlines', 'con', 'a:b', 'ends.', 'n'.repeat(255), 'é'.repeat(127)])('takes %j on Linux', name => {
    expect(nameProblem(name, 'linux')).toBeNull()
  })

  it.each(['', '.', '..', 'a/b', 'a\0b', 'n'.repeat(256), '🌊'.repeat(64)])('refuses %j on Linux', name => {
    expect(nameProblem(name, 'linux')).not.toBeNull()
  })

  it.each(['con', 'CON.txt', 'Aux', 'nul.tar.gz', 'COM1', 'lpt¹', 'a:b', 'a\\b', 'what?', 'two\nlines', 'ends.', 'ends ', 'n'.repeat(256)])('refuses %j on Windows', name => {
    expect(nameProblem(name, 'win32')).not.toBeNull()
  })

  it.each(['console.ts', 'COM10', 'aux-1.c', 'é'.repeat(200)])('takes %j on Windows', name => {
    expect(nameProblem(name, 'win32')).toBeNull()
  })

  it('lets nothing through that would be another place', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.constantFrom<NodeJS.Platform>('linux', 'win32'), (name, platform) => {
        if (nameProblem(name, platform) !== null) return
        expect(name).not.toMatch(/[/\0]/)
        expect(['', '.', '..']).not.toContain(name)
        expect(name.length).toBeLessThanOrEqual(255)
      }),
    )
  })
})
