import { describe, expect, it } from 'vitest'
import { numberProblem } from '../../ui/number-field.tsx'
import { byCategory, lockReason, searchSettings, settingRows } from './setting-rows.ts'

describe('setting rows', () => {
  it('finds by all words in any order, in titles, keys and descriptions', () => {
    expect(searchSettings('').length).toBe(settingRows.length)
    expect(searchSettings('size font').map(row => row.key)).toEqual(['editor.fontSize', 'terminal.fontSize'])
    expect(searchSettings('model.path').map(row => row.key)).toEqual(['model.path'])
    expect(searchSettings('no such words')).toEqual([])
  })

  it('groups by category in the order of the definitions', () => {
    expect(byCategory(settingRows)[0]?.category).toBe('Appearance')
    expect(byCategory(settingRows).reduce((sum, group) => sum + group.rows.length, 0)).toBe(settingRows.length)
  })

  it('says why a value cannot be set here', () => {
    expect(lockReason('editor.fontSize', 'user', 'default')).toBeNull()
    expect(lockReason('editor.fontSize', 'workspace', 'user')).toBeNull()
    expect(lockReason('model.path', 'workspace', 'user')).toMatch(/own settings/)
    expect(lockReason('editor.fontSize', 'user', 'workspace')).toMatch(/folder/)
    expect(lockReason('model.path', 'user', 'command-line')).toMatch(/command line/)
  })
})

describe('numberProblem', () => {
  const range = { min: 8, max: 32, step: 1 }
  it.each([
    ['13', null],
    ['', 'This is not a number.'],
    ['1e999', 'This is not a number.'],
    ['7', 'From 8 to 32.'],
    ['8.5', 'Whole numbers only.'],
  ])('%s', (draft, expected) => {
    expect(numberProblem(draft, range)).toBe(expected)
  })
})
