import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { takeProfileLock } from '../platform/profile/profile-lock.ts'
import { leadOrJoin } from './lead-or-join.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cortex-lead-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('leads where nobody does, and joins who does', async () => {
  const first = await leadOrJoin(folder, async () => 'never asked')
  expect(first.running).toBeNull()
  expect(await leadOrJoin(folder, async control => control)).toEqual({ lock: null, running: join(folder, 'control.sock') })
  first.lock?.release()
})

test('leads once a process that held the profile without listening has let go of it', async () => {
  const holder = takeProfileLock(folder)
  let asked = 0
  const later = await leadOrJoin(folder, async () => {
    asked += 1
    if (asked === 2) holder?.release()
    return null
  })
  expect(asked).toBe(2)
  later.lock?.release()
  expect(later.running).toBeNull()
})
