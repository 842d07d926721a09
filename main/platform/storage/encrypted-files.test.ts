import fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeVault } from '../vault/fake-vault.ts'
import { EncryptedFiles } from './encrypted-files.ts'

let folder: string
beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'encrypted-'))
})
afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true })
})

async function* parts(...all: Buffer[]): AsyncGenerator<Buffer, void, void> {
  yield* all
}

describe('encrypted files', () => {
  it('come back, hide name and content, and take the place of the former', async () => {
    const files = new EncryptedFiles(folder, new FakeVault())
    const content = Buffer.concat([Buffer.from('a secret word'), randomBytes(200_000)])
    await files.write('cache of secret.ts', parts(content))
    expect((await files.read('cache of secret.ts'))?.equals(content)).toBe(true)
    const [name = ''] = fs.readdirSync(folder)
    expect(name).toMatch(/^[0-9a-f]{64}$/)
    expect(fs.readFileSync(join(folder, name), 'latin1')).not.toContain('secret')
    await files.write('cache of secret.ts', parts())
    expect(await files.read('cache of secret.ts')).toEqual(Buffer.alloc(0))
    expect(fs.readdirSync(folder)).toHaveLength(1)
    files.delete('cache of secret.ts')
    expect(await files.read('cache of secret.ts')).toBeNull()
  })

  it('are as good as absent when they were changed or moved to another name', async () => {
    const files = new EncryptedFiles(folder, new FakeVault())
    await files.write('a', parts(Buffer.from('content')))
    await files.write('b', parts(Buffer.from('other')))
    const [one = '', other = ''] = fs.readdirSync(folder)
    fs.copyFileSync(join(folder, one), join(folder, other))
    expect([await files.read('a'), await files.read('b')].filter(found => found === null)).toHaveLength(1)
    fs.writeFileSync(join(folder, one), 'x')
    expect([await files.read('a'), await files.read('b')]).toEqual([null, null])
  })

  it('stay shut with the vault', async () => {
    await expect(new EncryptedFiles(folder, new FakeVault({ isOpen: false })).read('a')).rejects.toMatchObject({ code: 'STORAGE_LOCKED' })
  })
})
