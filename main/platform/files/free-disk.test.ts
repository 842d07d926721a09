import { statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { freeDisk } from './free-disk.ts'

it('says what is free where a folder would come into being', async () => {
  const free = await freeDisk(join(tmpdir(), 'not', 'there', 'yet'))
  const { bavail, bsize, blocks } = statfsSync(tmpdir())
  expect(free).toBeGreaterThan(0)
  expect(free).toBeLessThanOrEqual(Math.max(blocks * bsize, bavail * bsize))
})
