import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { FakeClock } from '../clock/fake-clock.ts'
import { openFakeStorage } from './fake-storage.ts'
import { storageError } from './storage-errors.ts'
import type { Storage } from './storage.ts'

let storage: Storage
const clock = new FakeClock()
beforeEach(() => {
  storage = openFakeStorage(clock)
})
afterEach(() => storage.close())

describe('collections', () => {
  const Note = z.object({ text: z.string(), at: z.coerce.date() })

  it('keep values by key, dates as dates', () => {
    const notes = storage.collection('notes', Note)
    const value = { text: 'a', at: new Date('2026-05-01T12:00:00Z') }
    notes.put('k', value)
    expect(notes.get('k')).toEqual(value)
    notes.put('k', { ...value, text: 'b' })
    expect(notes.get('k')?.text).toBe('b')
    notes.delete('k')
    expect(notes.get('k')).toBeNull()
  })

  it('list entries by the beginning of their key, whatever signs it holds', () => {
    const words = storage.collection('words', z.number())
    for (const [index, key] of ['a\nx', 'a\ny', 'a', 'b\nx', 'a%z', 'a_z', 'ä'].entries()) words.put(key, index)
    storage.collection('others', z.number()).put('a\nq', 9)
    expect(words.entries('a\n').map(entry => entry.key)).toEqual(['a\nx', 'a\ny'])
    expect(words.entries()).toHaveLength(7)
    expect(words.entries('a%').map(entry => entry.key)).toEqual(['a%z'])
    expect(words.entries('none')).toEqual([])
  })

  it('refuse what does not fit, and leave out what no longer fits without deleting it', () => {
    const loose = storage.collection('notes', z.unknown())
    loose.put('old', { text: 5 })
    const notes = storage.collection('notes', Note)
    expect(() => notes.put('k', { text: 'a' } as never)).toThrow()
    expect(notes.get('old')).toBeNull()
    expect(notes.entries()).toEqual([])
    expect(loose.get('old')).toEqual({ text: 5 })
  })
})

describe('events', () => {
  it('come back in the order they were appended, by stream', () => {
    const first = storage.events.append('chat:1', 'asked', { text: 'a' })
    storage.events.append('chat:2', 'asked', { text: 'b' })
    clock.advance(1000)
    const third = storage.events.append('chat:1', 'answered', { text: 'c' })
    expect(storage.events.read('chat:1')).toEqual([first, third])
    expect(storage.events.read('chat:1', first.position)).toEqual([third])
    expect(third.at.getTime() - first.at.getTime()).toBe(1000)
    expect(third.position).toBeGreaterThan(first.position)
    expect(storage.events.streams('chat:')).toEqual(['chat:1', 'chat:2'])
    expect(storage.events.streams('other')).toEqual([])
  })

  it('go for good when their stream is erased, and their positions are not given again', () => {
    const { position } = storage.events.append('chat:1', 'asked', 1)
    storage.events.erase('chat:1')
    expect(storage.events.read('chat:1')).toEqual([])
    expect(storage.events.append('chat:1', 'asked', 1).position).toBeGreaterThan(position)
  })
})

describe('transaction', () => {
  it('keeps all or nothing', () => {
    const notes = storage.collection('notes', z.string())
    expect(() =>
      storage.transaction(() => {
        notes.put('a', 'x')
        storage.events.append('s', 'k', 1)
        throw new Error('stop')
      }),
    ).toThrow('stop')
    expect(notes.get('a')).toBeNull()
    expect(storage.events.read('s')).toEqual([])
    expect(storage.transaction(() => storage.transaction(() => (notes.put('a', 'x'), 'done')))).toBe('done')
    expect(notes.get('a')).toBe('x')
  })
})

describe('storageError', () => {
  it.each([
    ['SQLITE_FULL', 'STORAGE_FULL'],
    ['SQLITE_IOERR_WRITE', 'STORAGE_FULL'],
    ['SQLITE_BUSY', 'STORAGE_LOCKED'],
    ['SQLITE_READONLY', 'STORAGE_LOCKED'],
    ['SQLITE_CANTOPEN', 'STORAGE_LOCKED'],
    ['SQLITE_NOTADB', 'STORAGE_DAMAGED'],
    ['SQLITE_CORRUPT_VTAB', 'STORAGE_DAMAGED'],
    ['SQLITE_IOERR_READ', 'STORAGE_DAMAGED'],
  ])('%s is %s', (code, expected) => {
    expect(storageError(Object.assign(new Error('x'), { code }), '/db')).toMatchObject({ code: expected, data: expect.objectContaining({ path: '/db' }) })
  })

  it('lets bugs through', () => {
    const bug = Object.assign(new Error('x'), { code: 'SQLITE_CONSTRAINT' })
    expect(storageError(bug, '/db')).toBe(bug)
    expect(storageError('text', '/db')).toBe('text')
  })
})
