import { describe, expect, it } from 'vitest'
import { completions, splitTypedPath } from './typed-path.ts'

describe('splitTypedPath', () => {
  it.each([
    ['~', '/home/ada', { folder: '/home/ada', start: '' }],
    ['~/pro', '/home/ada', { folder: '/home/ada', start: 'pro' }],
    ['/srv/work/', '/home/ada', { folder: '/srv/work', start: '' }],
    ['/sr', '/home/ada', { folder: '/', start: 'sr' }],
    ['/', '/home/ada', { folder: '/', start: '' }],
    ['work', '/home/ada', { folder: '/home/ada', start: 'work' }],
    ['~x/a', '/home/ada', { folder: '~x', start: 'a' }],
    ['/a\\b/c', '/home/ada', { folder: '/a\\b', start: 'c' }],
    ['C:\\Users\\Ada\\pro', 'C:\\Users\\Ada', { folder: 'C:\\Users\\Ada', start: 'pro' }],
  ])('splits %s', (typed, home, expected) => {
    expect(splitTypedPath(typed, home)).toEqual(expected)
  })
})

describe('completions', () => {
  const folders = ['docs', 'Documents', '.config', 'src'].map(name => ({ name, isHidden: name.startsWith('.') }))
  const names = (start: string, showHidden = false): string[] => completions(folders, start, showHidden).map(folder => folder.name)
  it('begins with what was typed, in any case, and hides what is hidden until asked', () => {
    expect(names('do')).toEqual(['docs', 'Documents'])
    expect(names('')).not.toContain('.config')
    expect(names('', true)).toContain('.config')
    expect(names('.c')).toEqual(['.config'])
  })
})
