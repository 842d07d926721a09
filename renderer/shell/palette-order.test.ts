import { describe, expect, it } from 'vitest'
import type { Command } from './feature.ts'
import { orderCommands } from './palette-order.ts'

const command = (id: string, category: string, title: string, isInPalette = true): Command => ({ id, category, title, isInPalette, run: () => undefined })
const commands = [
  command('view.side', 'View', 'Show or hide the side panel'),
  command('file.save', 'File', 'Save file'),
  command('file.saveAll', 'File', 'Save all files'),
  command('theme.dark', 'Appearance', 'Use the dark theme'),
  command('file.rename', 'File', 'Rename file', false),
]
const ids = (recent: string[], query: string): string[] => orderCommands(commands, recent, query).map(entry => entry.command.id)

describe('orderCommands', () => {
  it('puts what was used lately first, in its order, then goes by category and title', () => {
    expect(ids([], '')).toEqual(['theme.dark', 'file.saveAll', 'file.save', 'view.side'])
    expect(ids(['view.side', 'file.save'], '')).toEqual(['view.side', 'file.save', 'theme.dark', 'file.saveAll'])
  })

  it('finds by the letters of words, best first', () => {
    expect(ids([], 'save file')[0]).toBe('file.save')
    expect(ids([], 'dark')).toEqual(['theme.dark'])
    expect(ids([], 'zzzz')).toEqual([])
  })

  it('lifts what was used lately among equals', () => {
    expect(ids(['file.saveAll'], 'save')[0]).toBe('file.saveAll')
  })

  it('leaves out commands that need an argument, and says which letters matched', () => {
    expect(ids([], 'rename')).toEqual([])
    expect(orderCommands(commands, [], 'dark')[0]?.matches.length).toBe(4)
  })
})
