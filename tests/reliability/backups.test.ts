import fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { AppError } from '#shared/errors.ts'
import { check, copy, pack, rekey } from '../../native/keeper/database-work.ts'
import { FakeClock } from '../../main/platform/clock/fake-clock.ts'
import { FakeVault } from '../../main/platform/vault/fake-vault.ts'
import { backupsToRemove, isBackupDue, listBackups, type Backup } from '../../main/platform/storage/backup-files.ts'
import { DatabaseKeeper, type DatabaseWork } from '../../main/platform/storage/database-keeper.ts'
import { restoredNote } from '../../main/platform/storage/restored-note.ts'
import { VaultStorage } from '../../main/platform/storage/vault-storage.ts'

const day = 86_400_000
let folder: string
let storage: VaultStorage
let keeper: DatabaseKeeper
const clock = new FakeClock()
const vault = new FakeVault()
const realWork: DatabaseWork = {
  copy: async ({ from, to }) => {
    copy(from, to)
  },
  pack: async ({ from, key, to }) => pack(from, key, to),
  rekey: async ({ from, key, to, newKey, tables }) => {
    rekey(from, key, to, newKey, tables)
  },
  check: async ({ path, key }) => check(path, key),
}

function open(work: DatabaseWork = realWork): void {
  storage = new VaultStorage({ folder, vault, clock })
  keeper = new DatabaseKeeper({ folder, vault, storage, clock, work })
}

beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'keeper-'))
  open()
})
afterEach(() => {
  storage.close()
  fs.rmSync(folder, { recursive: true, force: true })
})

const notes = () => storage.collection('notes', z.string())
const database = (): string => join(folder, 'cortex.db')

describe('backups', () => {
  it('are whole while changes go on, and leave no copy behind', async () => {
    for (let index = 0; index < 100; index++) notes().put(`note ${index}`, 'x'.repeat(5000))
    storage.close()
    open({
      ...realWork,
      copy: async input => {
        notes().put('during', 'the copy')
        await realWork.copy(input)
      },
    })
    await keeper.backUp('asked')
    expect(notes().get('during')).toBe('the copy')
    expect(fs.readdirSync(folder).filter(name => name.includes('copy') || name.includes('part'))).toEqual([])
    expect(keeper.backups()).toMatchObject([{ number: 1, reason: 'asked' }])
    await keeper.restore()
    expect(notes().get('note 99')).toHaveLength(5000)
    expect(notes().get('during')).toBeNull()
  })

  it('refuse to be made of a damaged database, and keep the older ones', async () => {
    notes().put('a', 'kept')
    await keeper.backUp('asked')
    storage.close()
    open({ ...realWork, copy: async ({ to }) => { fs.writeFileSync(to, Buffer.alloc(8192, 3)) } })
    await expect(keeper.backUp('daily')).rejects.toMatchObject({ code: 'STORAGE_DAMAGED' })
    expect(keeper.backups()).toHaveLength(1)
  })

  it('carry a copy of the wrapped keys, and the new one once those were wrapped anew', async () => {
    fs.writeFileSync(join(folder, 'vault.json'), '{"a":1}')
    const { path } = await keeper.backUp('asked')
    expect(fs.readFileSync(path.replace('.db', '.vault.json'), 'utf8')).toBe('{"a":1}')
    fs.writeFileSync(join(folder, 'vault.json'), '{"a":2}')
    keeper.refreshVaultCopies()
    expect(fs.readFileSync(path.replace('.db', '.vault.json'), 'utf8')).toBe('{"a":2}')
    for (const file of [join(folder, 'cortex.db'), path]) expect(fs.statSync(file).mode & 0o077).toBe(0)
  })

  it('are given up where the vault is locked while they are copied, and made of one moment where it is only opened anew', async () => {
    for (let index = 0; index < 100; index++) notes().put(`note ${index}`, 'old'.repeat(700))
    storage.close()
    let isInterrupted = false
    let interrupt = (): void => undefined
    /** A slow process: half of the file, then what happens meanwhile, then the rest. */
    const slowly: DatabaseWork['copy'] = async ({ from, to }) => {
      const half = Math.floor(fs.statSync(from).size / 8192) * 4096
      const first = fs.readFileSync(from).subarray(0, half)
      if (!isInterrupted) {
        isInterrupted = true
        for (let index = 0; index < 100; index++) notes().put(`note ${index}`, 'new'.repeat(900))
        interrupt()
      }
      fs.writeFileSync(to, Buffer.concat([first, fs.readFileSync(from).subarray(half)]))
    }
    open({ ...realWork, copy: slowly })
    interrupt = () => vault.setOpen(false)
    await expect(keeper.backUp('asked')).rejects.toMatchObject({ code: 'STORAGE_LOCKED' })
    expect([keeper.backups(), fs.existsSync(join(folder, 'cortex.db.copy'))]).toEqual([[], false])
    vault.setOpen(true)
    expect(notes().get('note 1')).toBe('new'.repeat(900))

    for (let index = 0; index < 100; index++) notes().put(`note ${index}`, 'old'.repeat(700))
    storage.close()
    open({ ...realWork, copy: slowly })
    isInterrupted = false
    interrupt = () => storage.reopen()
    await keeper.backUp('asked')
    await keeper.restore()
    expect(new Set(notes().entries().map(({ value }) => value))).toEqual(new Set(['new'.repeat(900)]))

    // Ended in the middle of it.
    isInterrupted = false
    interrupt = () => storage.close()
    await expect(keeper.backUp('asked')).rejects.toMatchObject({ code: 'STORAGE_LOCKED' })
  })

  it('end with the process that makes them', async () => {
    storage.close()
    open({ ...realWork, pack: () => Promise.reject(new AppError('WORKER_CRASHED', { worker: 'keeper', reason: 'signal SIGKILL' })) })
    await expect(keeper.backUp('asked')).rejects.toMatchObject({ code: 'WORKER_CRASHED' })
    expect(fs.existsSync(join(folder, 'cortex.db.copy'))).toBe(false)
    notes().put('after', 'goes on')
    expect(notes().get('after')).toBe('goes on')
  })
})

describe('which backups stay', () => {
  const backup = (number: number, at: Date): Backup => ({ path: `${number}`, number, at, reason: 'daily', sizeBytes: 1 })

  it('are the last three and one for each of seven days', () => {
    const start = clock.now().getTime()
    const twiceADay = Array.from({ length: 30 }, (_, index) => backup(30 - index, new Date(start - (index * day) / 2)))
    const removed = new Set(backupsToRemove(twiceADay).map(one => one.number))
    const kept = twiceADay.filter(one => !removed.has(one.number)).map(one => one.number)
    expect(kept.slice(0, 3)).toEqual([30, 29, 28])
    expect(kept).toHaveLength(8)
  })

  it('are the newest by number when the clock was set back a year', () => {
    const now = clock.now().getTime()
    const all = [backup(5, new Date(now - 365 * day)), backup(4, new Date(now)), backup(3, new Date(now - day)), backup(2, new Date(now - 2 * day))]
    expect(backupsToRemove(all)).toEqual([])
    expect(isBackupDue(all, new Date(now - 364.5 * day))).toBe(false)
    expect(isBackupDue([backup(4, new Date(now))], new Date(now - 365 * day))).toBe(true)
    expect(isBackupDue([], new Date(now))).toBe(true)
  })
})

describe('a damaged database', () => {
  async function damaged(): Promise<Buffer> {
    for (let index = 0; index < 50; index++) notes().put(`note ${index}`, 'x'.repeat(5000))
    await keeper.backUp('asked')
    clock.advance(1000)
    notes().put('later', 'not in the backup')
    storage.close()
    const bytes = fs.readFileSync(database())
    bytes.fill(0xaa, 20, 3000)
    fs.writeFileSync(database(), bytes)
    return bytes
  }

  it('is set aside whole when it is opened, the backup takes its place, and the person is told', async () => {
    const bytes = await damaged()
    open()
    expect(storage.problem).toBeNull()
    expect(notes().get('note 49')).toHaveLength(5000)
    const note = restoredNote(storage).get('last')
    expect(note?.setAside).toMatch(/^cortex\.db\.damaged-/)
    expect(fs.readFileSync(join(folder, note?.setAside ?? ''))).toEqual(bytes)
    expect(note?.backupAt.getTime()).toBeLessThan(note?.at.getTime() ?? 0)
  })

  it('is replaced by an older backup where the newest is damaged too, and stays shut where none is good', async () => {
    notes().put('old', 'in the first')
    await keeper.backUp('asked')
    await damaged()
    const [newest, oldest] = listBackups(folder)
    fs.writeFileSync(newest?.path ?? '', Buffer.alloc(20_000, 1))
    open()
    expect(notes().get('old')).toBe('in the first')
    expect(notes().get('note 1')).toBeNull()
    storage.close()
    fs.writeFileSync(oldest?.path ?? '', '')
    fs.writeFileSync(database(), Buffer.alloc(9000, 2))
    open()
    expect(storage.problem).toMatchObject({ code: 'STORAGE_DAMAGED' })
    expect(fs.readFileSync(database())).toEqual(Buffer.alloc(9000, 2))
    const aside = await keeper.startAnew()
    expect(fs.readFileSync(join(folder, aside ?? ''))).toEqual(Buffer.alloc(9000, 2))
    notes().put('new', 'life')
    storage.close()
    open()
    expect(notes().get('new')).toBe('life')
  })

  it('is replaced while the host runs, once a page cannot be read', async () => {
    for (let index = 0; index < 400; index++) notes().put(`note ${String(index).padStart(3, '0')}`, 'x'.repeat(5000))
    await keeper.backUp('asked')
    storage.close()
    const bytes = fs.readFileSync(database())
    bytes.fill(0xaa, bytes.length - 400_000)
    fs.writeFileSync(database(), bytes)
    open()
    const reopened = new Promise<void>(resolve => {
      storage.onChange(resolve)
    })
    expect(() => notes().entries()).toThrow(expect.objectContaining({ code: 'STORAGE_DAMAGED' }))
    await reopened
    expect(notes().entries()).toHaveLength(400)
  })
})

describe('another key', () => {
  it('opens the database afterwards, and the old one no longer does', async () => {
    const own = new FakeVault()
    storage.close()
    fs.rmSync(folder, { recursive: true })
    fs.mkdirSync(folder)
    storage = new VaultStorage({ folder, vault: own, clock })
    keeper = new DatabaseKeeper({ folder, vault: own, storage, clock, work: realWork })
    notes().put('a', 'kept')
    await keeper.backUp('asked')
    await own.renew('database', async next => {
      await keeper.rekey(next)
    })
    expect(notes().get('a')).toBe('kept')
    expect(keeper.openableBackups()).toEqual([])
    await keeper.backUp('rekey')
    keeper.removeUnopenableBackups()
    expect(keeper.backups()).toMatchObject([{ reason: 'rekey' }])
    storage.close()
    storage = new VaultStorage({ folder, vault: new FakeVault(), clock })
    expect(storage.problem).toMatchObject({ code: 'STORAGE_LOCKED' })
  })

  it('is not taken where the work fails, and the database goes on under the old one', async () => {
    const own = new FakeVault()
    notes().put('a', 'kept')
    storage.close()
    storage = new VaultStorage({ folder, vault: own, clock })
    keeper = new DatabaseKeeper({ folder, vault: own, storage, clock, work: { ...realWork, rekey: () => Promise.reject(new AppError('STORAGE_FULL', { path: '/x' })) } })
    await expect(own.renew('database', async next => { await keeper.rekey(next) })).rejects.toMatchObject({ code: 'STORAGE_FULL' })
    expect(own.candidates('database')).toHaveLength(1)
    expect(notes().get('a')).toBe('kept')
  })
})
