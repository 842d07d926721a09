import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isSettingKey, settingDefinitions } from '#shared/setting-definitions.ts'
import { editSettings } from './edit-settings.ts'
import { layerSettings } from './layer-settings.ts'
import { holdsKey, parseSettings, settingProblem } from './parse-settings.ts'

const values = fc.oneof(fc.boolean(), fc.integer({ min: -5, max: 2000 }), fc.double(), fc.string({ maxLength: 8 }), fc.constantFrom('dark', 'auto', 'on', null), fc.constant([1]), fc.constant({ a: 1 }))
const keys = fc.oneof(fc.constantFrom(...Object.keys(settingDefinitions)), fc.constantFrom('__proto__', 'constructor', 'toString', 'unknown', ''))

describe('parseSettings', () => {
  it('takes comments and trailing commas, and each value by itself', () => {
    const text = '{\n  // larger\n  "editor.fontSize": 15,\n  "editor.tabSize": "two",\n  "editor.minimap": true,\n}'
    expect(parseSettings(text, false)).toEqual({
      values: { 'editor.fontSize': 15, 'editor.minimap': true },
      problems: [{ key: 'editor.tabSize', message: 'The value must be a whole number from 1 to 8.' }],
      isReadable: true,
    })
  })

  it.each([
    ['', true, 0],
    ['  \n', true, 0],
    ['{', false, 1],
    ['[]', false, 1],
    ['"text"', false, 1],
    ['{ "editor.fontSize" 15 }', false, 1],
  ])('reads %j', (text, isReadable, problems) => {
    const parsed = parseSettings(text, false)
    expect(parsed.isReadable).toBe(isReadable)
    expect(parsed.problems.length).toBeGreaterThanOrEqual(problems)
    expect(parsed.values).toEqual({})
  })

  it('names the line of a mistake in words', () => {
    expect(parseSettings('{\n  "editor.fontSize": 15\n  "editor.tabSize": 2\n}', false).problems[0]).toEqual({ key: null, message: 'Line 3: a comma is missing.' })
  })

  it('lets a folder set nothing that is the person\'s alone', () => {
    const text = '{ "terminal.shell": "/tmp/evil", "model.path": "/tmp/evil.gguf", "editor.tabSize": 4 }'
    const parsed = parseSettings(text, true)
    expect(parsed.values).toEqual({ 'editor.tabSize': 4 })
    expect(parsed.problems.map(problem => problem.key)).toEqual(['terminal.shell', 'model.path'])
    expect(parseSettings(text, false).problems).toEqual([])
  })

  it('counts the first of two', () => {
    const parsed = parseSettings('{ "editor.tabSize": 4, "editor.tabSize": 8 }', false)
    expect(parsed.values).toEqual({ 'editor.tabSize': 4 })
    expect(parsed.problems).toHaveLength(1)
  })

  it('says for each kind what it wants', () => {
    expect(settingProblem('editor.minimap', 1, false)).toBe('The value must be true or false.')
    expect(settingProblem('chat.temperature', 3, false)).toBe('The value must be a number from 0 to 2.')
    expect(settingProblem('appearance.theme', 'pink', false)).toContain('"high-contrast"')
    expect(settingProblem('terminal.shell', 5, false)).toContain('text')
    expect(settingProblem('nope', 5, false)).toBe('There is no setting of this name.')
  })

  it('never throws, and lets only values through that their schema takes', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('{', '}', '"', ':', ',', '[', ']', '1', 'a', '/', '*', '\n', '\\') })), fc.boolean(), (text, isFolderFile) => {
        const parsed = parseSettings(text, isFolderFile)
        expect(Object.keys(parsed.values).every(isSettingKey)).toBe(true)
      }),
      { numRuns: 2000 },
    )
    fc.assert(
      fc.property(fc.array(fc.tuple(keys, values), { maxLength: 6 }), entries => {
        const text = `{${entries.map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`).join(',')}}`
        const { values: held } = parseSettings(text, false)
        for (const [key, value] of Object.entries(held)) {
          expect(isSettingKey(key) && settingDefinitions[key].schema.safeParse(value).success).toBe(true)
        }
        expect(({} as Record<string, unknown>)['a']).toBeUndefined()
      }),
    )
  })
})

describe('editSettings', () => {
  it('keeps comments, order and everything else', () => {
    const text = '{\n  // my theme\n  "appearance.theme": "dark", /* as at night */\n  "unknown": 1\n}\n'
    const edited = editSettings(text, 'appearance.theme', 'light')
    expect(edited).toBe(text.replace('"dark"', '"light"'))
    expect(editSettings(edited, 'editor.tabSize', 4)).toContain('"unknown": 1,\n  "editor.tabSize": 4')
    expect(editSettings(text, 'appearance.theme', undefined)).not.toContain('dark')
  })

  it('begins a file', () => {
    expect(parseSettings(editSettings('', 'editor.tabSize', 4), false).values).toEqual({ 'editor.tabSize': 4 })
  })

  it('sets what is read back, whatever stood there', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(keys, fc.integer()), { maxLength: 5 }), fc.integer({ min: 1, max: 8 }), (entries, size) => {
        const unique = [...new Map(entries)].filter(([key]) => key !== 'editor.tabSize')
        const text = `{ // settings\n${unique.map(([key, value]) => `${JSON.stringify(key)}: ${value}`).join(',\n')}\n}`
        const edited = editSettings(text, 'editor.tabSize', size)
        expect(parseSettings(edited, false).values['editor.tabSize']).toBe(size)
        expect(edited).toContain('// settings')
        expect(holdsKey(edited, 'editor.tabSize')).toBe(true)
        expect(holdsKey(editSettings(edited, 'editor.tabSize', undefined), 'editor.tabSize')).toBe(false)
      }),
    )
  })
})

describe('layerSettings', () => {
  it('lays default, user, workspace and command line over each other and says where each comes from', () => {
    const layered = layerSettings({
      user: '{ "editor.tabSize": 4, "editor.fontSize": 15, "model.path": "/m.gguf" }',
      workspace: '{ "editor.tabSize": 8, "editor.wordWrap": 5 }',
      isFolderTrusted: true,
      commandLine: { 'model.path': '/other.gguf', 'editor.minimap': 'yes' },
    })
    expect(layered.values).toMatchObject({ 'editor.tabSize': 8, 'editor.fontSize': 15, 'model.path': '/other.gguf', 'editor.wordWrap': 'off', 'editor.minimap': false })
    expect(layered.sources).toMatchObject({ 'editor.tabSize': 'workspace', 'editor.fontSize': 'user', 'model.path': 'command-line', 'editor.wordWrap': 'default' })
    expect(layered.problems.map(problem => [problem.source, problem.key])).toEqual([['workspace', 'editor.wordWrap'], ['command-line', 'editor.minimap']])
    expect(Object.keys(layered.values).sort()).toEqual(Object.keys(settingDefinitions).sort())
  })
})
