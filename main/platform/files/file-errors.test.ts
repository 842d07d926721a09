import { describe, expect, it } from 'vitest'
import { AppError } from '#shared/errors.ts'
import { folderError, readError, reasonOf, writeError } from './file-errors.ts'

const fault = (code: string): Error => Object.assign(new Error(`${code}: /home/somebody/secret`), { code })

describe('file errors', () => {
  it.each([
    ['ENOENT', 'FILE_NOT_FOUND', 'FILE_NOT_FOUND', 'FOLDER_NOT_FOUND'],
    ['EACCES', 'FILE_UNREADABLE', 'FILE_NOT_WRITABLE', 'FOLDER_UNREADABLE'],
    ['ELOOP', 'FILE_UNREADABLE', 'FILE_NOT_WRITABLE', 'FOLDER_UNREADABLE'],
    ['ENOTDIR', 'FILE_NOT_FOUND', 'FILE_NOT_WRITABLE', 'NOT_A_FOLDER'],
    ['ENOSPC', 'FILE_UNREADABLE', 'DISK_FULL', 'FOLDER_UNREADABLE'],
    ['EDQUOT', 'FILE_UNREADABLE', 'DISK_FULL', 'FOLDER_UNREADABLE'],
    ['EFBIG', 'FILE_UNREADABLE', 'DISK_FULL', 'FOLDER_UNREADABLE'],
    ['EEXIST', 'FILE_UNREADABLE', 'FILE_EXISTS', 'FOLDER_UNREADABLE'],
    ['ENAMETOOLONG', 'FILE_UNREADABLE', 'FILE_NAME_INVALID', 'FOLDER_UNREADABLE'],
    ['EODD', 'FILE_UNREADABLE', 'FILE_NOT_WRITABLE', 'FOLDER_UNREADABLE'],
  ])('%s reads as %s, writes as %s, lists as %s', (code, read, write, folder) => {
    expect(readError(fault(code), 'a.ts')).toMatchObject({ code: read, data: expect.objectContaining({ path: 'a.ts' }) })
    expect(writeError(fault(code), 'a.ts')).toMatchObject({ code: write })
    expect(folderError(fault(code), 'a.ts')).toMatchObject({ code: folder, data: { path: 'a.ts' } })
  })

  it('gives reasons without the system path', () => {
    expect(reasonOf(fault('EACCES'))).toBe('you have no permission')
    expect(reasonOf(fault('EODD'))).toBe('the system reports EODD')
    expect(reasonOf(new Error('x'))).toBe('an unexpected fault')
  })

  it('lets bugs and known errors through', () => {
    const bug = new TypeError('x')
    const known = new AppError('FILE_NOT_FOUND', { path: 'x' })
    for (const map of [readError, writeError, folderError]) {
      expect(map(bug, 'a')).toBe(bug)
      expect(map(known, 'a')).toBe(known)
    }
  })
})
