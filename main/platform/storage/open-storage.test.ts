import fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3-multiple-ciphers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { systemClock } from '../clock/clock.ts'
import { migrations } from './migrations.ts'
import { openKeyFileVault } from '../vault/fake-key-file-vault.ts'
import { openStorage } from './open-storage.ts'
import type { Storage } from './storage.ts'

let folder: string
const opened: Storage[] = []
beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'storage-'))
})
afterEach(() => {
  for (const storage of opened.splice(0)) storage.close()
  fs.rmSync(folder, { recursive: true, force: true })
})

function open(): Storage {
  const storage = openStorage(folder, openKeyFileVault(folder), systemClock)
  opened.push(storage)
  return storage
}

function close(): void {
  for (const storage of opened.splice(0)) storage.close()
}

const database = (): string => join(folder, 'cortex.db')
const key = (): string => join(folder, 'cortex.key')
const note = (storage: Storage) => storage.collection('notes', z.string())

describe('openStorage', () => {
  it('remembers over a restart', () => {
    note(open()).put('a', 'the answer')
    close()
    expect(note(open()).get('a')).toBe('the answer')
  })

  it('writes no text that can be read, neither in the database nor in its log', () => {
    const storage = open()
    note(storage).put('a', 'a secret that nobody may find')
    storage.events.append('s', 'k', { text: 'a secret that nobody may find' })
    const raw = fs.readdirSync(folder).filter(name => name.startsWith('cortex.db')).map(name => fs.readFileSync(join(folder, name), 'latin1'))
    expect(raw.join('').length).toBeGreaterThan(1000)
    expect(raw.join('')).not.toContain('secret')
    expect(raw.join('')).not.toContain('SQLite format')
  })

  it.skipIf(process.platform === 'win32')('keeps its key in a file for the owner alone (skipped on Windows: it needs POSIX)', () => {
    open()
    expect(fs.statSync(key()).mode & 0o777).toBe(0o600)
    expect(fs.statSync(key()).size).toBe(32)
  })

  it('waits in WAL mode with every commit made durable', () => {
    open()
    expect(fs.existsSync(`${database()}-wal`)).toBe(true)
    expect(fs.existsSync(`${database()}-shm`)).toBe(false)
  })

  it('stays locked without its key, makes no new one and deletes nothing', () => {
    note(open()).put('a', 'kept')
    close()
    const kept = fs.readFileSync(key())
    const before = fs.readFileSync(database())
    fs.rmSync(key())
    const storage = open()
    expect(storage.problem).toMatchObject({ code: 'STORAGE_LOCKED', data: { path: database(), reason: 'its key file is missing' } })
    expect(fs.existsSync(key())).toBe(false)
    expect(fs.readFileSync(database())).toEqual(before)
    expect(() => note(storage).get('a')).toThrow(expect.objectContaining({ code: 'STORAGE_LOCKED' }))
    expect(() => storage.events.append('s', 'k', 1)).toThrow(expect.objectContaining({ code: 'STORAGE_LOCKED' }))
    expect(() => storage.transaction(() => 1)).toThrow(expect.objectContaining({ code: 'STORAGE_LOCKED' }))
    fs.writeFileSync(key(), kept)
    expect(note(open()).get('a')).toBe('kept')
  })

  it('tells a key of another database from a damaged file', () => {
    note(open()).put('a', 'kept')
    close()
    const kept = fs.readFileSync(key())
    fs.writeFileSync(key(), Buffer.alloc(32, 7))
    expect(open().problem).toMatchObject({ code: 'STORAGE_LOCKED', data: { reason: 'it was made with other keys than this vault holds' } })
    fs.writeFileSync(key(), kept.subarray(0, 10))
    expect(open().problem).toMatchObject({ code: 'STORAGE_LOCKED', data: { reason: 'its key file is damaged' } })
    fs.writeFileSync(key(), kept)
    expect(open().problem).toBeNull()
  })

  it('says that a damaged database is damaged and leaves it as it is', () => {
    note(open()).put('a', 'kept')
    close()
    const bytes = fs.readFileSync(database())
    bytes.fill(0xaa, 100, 600)
    fs.writeFileSync(database(), bytes)
    expect(open().problem).toMatchObject({ code: 'STORAGE_DAMAGED', data: { path: database() } })
    expect(fs.readFileSync(database())).toEqual(bytes)
  })

  it('says so when a page further in is damaged', () => {
    const storage = open()
    for (let index = 0; index < 200; index++) note(storage).put(`note ${index}`, 'x'.repeat(5000))
    close()
    const bytes = fs.readFileSync(database())
    bytes.fill(0xaa, 4096 * 4, bytes.length)
    fs.writeFileSync(database(), bytes)
    const again = open()
    const read = (): unknown => {
      if (again.problem) throw again.problem
      return note(again).entries()
    }
    expect(read).toThrow(expect.objectContaining({ code: 'STORAGE_DAMAGED' }))
  })

  it('starts anew where a first start was cut short', () => {
    fs.writeFileSync(key(), 'part of a key')
    fs.writeFileSync(database(), '')
    expect(open().problem).toBeNull()
    expect(fs.statSync(key()).size).toBe(32)
  })

  it('lets one host write at a time', () => {
    open()
    expect(open().problem).toMatchObject({ code: 'STORAGE_LOCKED', data: { reason: 'another Cortex has it open' } })
  })

  it('leaves the database of a newer version alone', () => {
    open()
    close()
    const salted = fs.readFileSync(database()).subarray(0, 16)
    const raw = new Sqlite(database())
    raw.pragma(`cipher = 'sqlcipher'`)
    raw.pragma(`key = "x'${Buffer.concat([fs.readFileSync(key()), salted]).toString('hex')}'"`)
    raw.pragma(`user_version = ${migrations.length + 1}`)
    raw.close()
    expect(open().problem).toMatchObject({ code: 'STORAGE_LOCKED', data: { reason: 'a newer Cortex wrote it' } })
  })

  it('stays locked where its folder is missing', () => {
    const storage = openStorage(join(folder, 'absent'), openKeyFileVault(join(folder, 'absent')), systemClock)
    expect(storage.problem).toMatchObject({ code: 'STORAGE_LOCKED' })
    storage.close()
  })
})
