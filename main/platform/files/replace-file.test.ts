import fs from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { diskCalls, type DiskCalls } from './disk-calls.ts'
import { isTemporaryName, replaceFile } from './replace-file.ts'

let folder: string
beforeEach(async () => {
  folder = await fs.mkdtemp(join(tmpdir(), 'replace-'))
})
afterEach(() => fs.rm(folder, { recursive: true, force: true }))

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const fault = (code: string): Error => Object.assign(new Error(code), { code })

/** The real calls, with the `nth` one of all that touch the disk failing. Returns the steps taken. */
function failing(nth: number, code: string): { calls: DiskCalls; steps: string[] } {
  const steps: string[] = []
  const step = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    steps.push(name)
    if (steps.length === nth) throw fault(code)
    return work()
  }
  const open = (async (path: string, flags: string, mode?: number) => {
    const handle = await step(`open ${flags}`, () => fs.open(path, flags, mode))
    return {
      stat: () => handle.stat(),
      chmod: (value: number) => step('chmod', () => handle.chmod(value)),
      chown: (user: number, group: number) => step('chown', () => handle.chown(user, group)),
      // As a full disk does: a part is written before the call fails.
      writeFile: (content: Uint8Array) => step('write', () => handle.writeFile(content)).catch(async error => handle.writeFile(content.subarray(0, 2)).then(() => Promise.reject(error))),
      sync: () => step('sync', () => handle.sync()),
      close: () => handle.close(),
    }
  }) as unknown as DiskCalls['open']
  return { steps, calls: { open, rename: (from, to) => step('rename', () => fs.rename(from, to)), unlink: fs.unlink, stat: diskCalls.stat } }
}

describe('replaceFile', () => {
  it('writes a new file and replaces an old one, leaving nothing beside it', async () => {
    const path = join(folder, 'a.txt')
    await replaceFile(path, bytes('one'))
    await replaceFile(path, bytes('two'))
    expect(await fs.readFile(path, 'utf8')).toBe('two')
    expect(await fs.readdir(folder)).toEqual(['a.txt'])
  })

  it('syncs the file before it moves it, and the folder after', async () => {
    const { calls, steps } = failing(Infinity, '')
    await replaceFile(join(folder, 'a.txt'), bytes('one'), calls)
    expect(steps).toEqual(['open wx', 'write', 'sync', 'rename', 'open r', 'sync'])
  })

  it.skipIf(process.platform === 'win32')('keeps the mode (skipped on Windows: it needs POSIX)', async () => {
    const path = join(folder, 'run.sh')
    await fs.writeFile(path, 'one')
    await fs.chmod(path, 0o750)
    await replaceFile(path, bytes('two'))
    expect((await fs.stat(path)).mode & 0o777).toBe(0o750)
  })

  it.skipIf(process.getuid?.() !== 0)('keeps the owner and the group (needs root)', async () => {
    const path = join(folder, 'a.txt')
    await fs.writeFile(path, 'one')
    await fs.chown(path, 12_345, 54_321)
    await replaceFile(path, bytes('two'))
    expect(await fs.stat(path)).toMatchObject({ uid: 12_345, gid: 54_321 })
  })

  const steps = ['open', 'mode', 'write', 'sync', 'rename']
  it.each(steps.flatMap((step, index) => ['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO'].map(code => [step, code, index + 1] as const)))('leaves the old file whole when %s fails with %s', async (_step, code, nth) => {
    const path = join(folder, 'a.txt')
    await fs.writeFile(path, 'the good old text')
    const { calls, steps: taken } = failing(nth, code)
    await expect(replaceFile(path, bytes('the new text'), calls)).rejects.toMatchObject({ code })
    expect(taken).toHaveLength(nth)
    expect(await fs.readFile(path, 'utf8')).toBe('the good old text')
    expect(await fs.readdir(folder)).toEqual(['a.txt'])
  })

  it('says so when the folder cannot be made durable, with the new file whole', async () => {
    const path = join(folder, 'a.txt')
    await expect(replaceFile(path, bytes('new'), failing(6, 'EIO').calls)).rejects.toMatchObject({ code: 'EIO' })
    expect(await fs.readFile(path, 'utf8')).toBe('new')
    await expect(replaceFile(path, bytes('newer'), failing(6, 'EINVAL').calls)).resolves.toBeUndefined()
  })

  it('knows the names of its own temporary files', async () => {
    expect(isTemporaryName('.cortex-0123456789abcdef.tmp')).toBe(true)
    expect(isTemporaryName('.cortex')).toBe(false)
  })

  it('writes under a name of 255 bytes', async () => {
    const path = join(folder, 'n'.repeat(255))
    await replaceFile(path, bytes('x'))
    await replaceFile(path, bytes('y'))
    expect(await fs.readFile(path, 'utf8')).toBe('y')
  })
})
