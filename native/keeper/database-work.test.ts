import fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Sqlite, { type Database } from 'better-sqlite3-multiple-ciphers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { check, copy, pack, rekey } from './database-work.ts'

let folder: string
beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'keeper-'))
})
afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true })
})

const key = 'ab'.repeat(48)
const otherKey = 'cd'.repeat(48)
const at = (name: string): string => join(folder, name)

function open(path: string, itsKey = key): Database {
  const database = new Sqlite(path)
  database.pragma(`cipher = 'sqlcipher'`)
  database.pragma(`key = "x'${itsKey}'"`)
  return database
}

function make(name: string): string {
  const database = open(at(name))
  database.exec('CREATE TABLE notes (text TEXT); CREATE TABLE own (text TEXT); CREATE TRIGGER kept BEFORE DELETE ON own BEGIN SELECT RAISE(ABORT, \'kept\'); END')
  const add = database.prepare('INSERT INTO notes VALUES (?)')
  database.transaction(() => {
    for (let index = 0; index < 500; index++) add.run(`note ${index} ${'x'.repeat(500)}`)
  })()
  database.exec("INSERT INTO own VALUES ('mine')")
  database.close()
  return at(name)
}

function notes(path: string, itsKey = key): number {
  const database = open(path, itsKey)
  try {
    return database.prepare<[], { count: number }>('SELECT count(*) AS count FROM notes').get()?.count ?? 0
  } finally {
    database.close()
  }
}

function damage(path: string): void {
  const bytes = fs.readFileSync(path)
  bytes.fill(0x55, 4096 * 10, 4096 * 11)
  fs.writeFileSync(path, bytes)
}

describe('work on database files', () => {
  it('packs a database under the same key, and leaves nothing half done', () => {
    const from = make('a.db')
    expect(pack(from, key, at('b.db')).sizeBytes).toBe(fs.statSync(at('b.db')).size)
    expect(notes(at('b.db'))).toBe(500)
    expect(fs.readFileSync(at('b.db'), 'latin1')).not.toContain('note 1')
    expect(fs.readdirSync(folder).sort()).toEqual(['a.db', 'b.db'])
    if (process.platform !== 'win32') expect(fs.statSync(at('b.db')).mode & 0o777).toBe(0o600)
  })

  it('packs no damaged database', () => {
    const from = make('a.db')
    damage(from)
    expect(() => pack(from, key, at('b.db'))).toThrow(expect.objectContaining({ code: 'STORAGE_DAMAGED' }))
    expect(check(from, key)).not.toEqual([])
    expect(fs.readdirSync(folder)).toEqual(['a.db'])
  })

  it('checks a whole one clean', () => {
    expect(check(make('a.db'), key)).toEqual([])
  })

  it('changes the key in another file, and takes only the rows of the tables it is told to', () => {
    const from = make('a.db')
    rekey(from, key, at('b.db'), otherKey, ['notes'])
    expect(notes(from)).toBe(500)
    expect(notes(at('b.db'), otherKey)).toBe(500)
    expect(() => notes(at('b.db'))).toThrow(expect.objectContaining({ code: 'SQLITE_NOTADB' }))
    const other = open(at('b.db'), otherKey)
    expect(other.prepare('SELECT count(*) AS count FROM own').get()).toEqual({ count: 0 })
    other.exec("INSERT INTO own VALUES ('new')")
    expect(() => other.exec('DELETE FROM own')).toThrow('kept')
    other.close()
    rekey(from, key, at('c.db'), otherKey, null)
    const whole = open(at('c.db'), otherKey)
    expect(whole.prepare('SELECT count(*) AS count FROM own').get()).toEqual({ count: 1 })
    whole.close()
  })

  it('takes no documents that belong to the profile alone', () => {
    const from = make('a.db')
    const database = open(from)
    database.exec("CREATE TABLE documents (collection TEXT, key TEXT); INSERT INTO documents VALUES ('secrets', 'a'), ('egress', 'rules'), ('trusted-folders', '/a'), ('buffers', 'b')")
    database.close()
    rekey(from, key, at('b.db'), otherKey, ['documents'])
    const other = open(at('b.db'), otherKey)
    expect(other.prepare('SELECT collection FROM documents').all()).toEqual([{ collection: 'buffers' }])
    other.close()
  })

  it('takes the place of what a killed process left behind', () => {
    fs.writeFileSync(at('b.db.part'), 'half')
    copy(make('a.db'), at('b.db'))
    expect(notes(at('b.db'))).toBe(500)
    expect(fs.readdirSync(folder).sort()).toEqual(['a.db', 'b.db'])
  })
})
