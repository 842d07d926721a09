import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { SealBroken } from '../../platform/storage/sealed-stream.ts'
import { FakeVault } from '../../platform/vault/fake-vault.ts'
import { sealState, unsealState } from './sealed-state.ts'

const vault = new FakeVault()
let folder = ''
const at = (name: string): string => join(folder, name)
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'cortex-sealed-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it('comes back as it was, under its own name alone', async () => {
  writeFileSync(at('state'), Buffer.alloc(200_000, 'canary'))
  expect(await sealState(vault, { from: at('state'), to: at('sealed'), name: 'a', mostBytes: 1e6 })).toBe(200_000)
  expect(readFileSync(at('sealed')).includes('canary')).toBe(false)
  await unsealState(vault, { from: at('sealed'), to: at('back'), name: 'a' })
  expect(readFileSync(at('back'))).toEqual(readFileSync(at('state')))
  await expect(unsealState(vault, { from: at('sealed'), to: at('other'), name: 'b' })).rejects.toThrow(SealBroken)
})

it('takes nothing from a process that is not trusted but a plain file of a size that it may have', { timeout: 10_000 }, async () => {
  writeFileSync(at('secret'), 'a file of the person')
  symlinkSync(at('secret'), at('link'))
  writeFileSync(at('large'), Buffer.alloc(5000))
  const given = (name: string) => ({ from: at(name), to: at('sealed'), name: 'a', mostBytes: 1000 })
  if (process.platform !== 'win32') {
    execFileSync('mkfifo', [at('pipe')])
    await expect(sealState(vault, given('link'))).rejects.toThrow()
    await expect(sealState(vault, given('pipe'))).rejects.toThrow(SealBroken)
  }
  expect(await sealState(vault, given('large'))).toBe(0)
  expect(existsSync(at('sealed'))).toBe(false)
})
