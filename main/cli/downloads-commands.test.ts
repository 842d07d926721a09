import { describe, expect, it } from 'vitest'
import { oneNamed } from './downloads-commands.ts'
import { UsageError } from './usage-error.ts'

const downloads = [{ id: 'abc1', name: 'a.gguf' }, { id: 'abd2', name: 'b.gguf' }, { id: 'abd', name: 'c.gguf' }]

describe('a download by a word', () => {
  it('is known by its id, its name, or the beginning of its id', () => {
    expect(['abc1', 'b.gguf', 'abc', 'abd'].map(word => oneNamed(downloads, word).name)).toEqual(['a.gguf', 'b.gguf', 'a.gguf', 'c.gguf'])
  })

  it('is none for a word that is empty, fits several or fits none', () => {
    for (const word of ['', 'ab', 'x', 'gguf']) expect(() => oneNamed(downloads, word), word).toThrow(UsageError)
  })
})
