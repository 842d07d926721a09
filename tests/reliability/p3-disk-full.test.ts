import { execFile } from 'node:child_process'
import fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const run = promisify(execFile)
const script = join(import.meta.dirname, '../support/disk-full-script.ts')
const inNamespace = ['--user', '--map-root-user', '--mount']

const canMount = await run('unshare', [...inNamespace, 'mount', '-t', 'tmpfs', 'tmpfs', tmpdir()]).then(() => true, () => false)
const canLimit = await run('prlimit', ['--fsize=1000000:unlimited', 'true']).then(() => true, () => false)

let folder: string
beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'p3-'))
})
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }))

interface Result {
  acknowledged: number
  listedWhileFull: number
}

async function outcome(program: string, args: string[]): Promise<Result> {
  const { stdout } = await run(program, args, { maxBuffer: 10_000_000 })
  const result = JSON.parse(stdout) as Result
  console.log(`P3: ${result.acknowledged} texts acknowledged before the disk was full, ${result.listedWhileFull} there`)
  return result
}

const whole = {
  first: 'ok',
  large: 'DISK_FULL',
  afterLarge: 'the good old text',
  namesAfterLarge: ['good.txt'],
  settings: 'DISK_FULL',
  keepEndsWith: 'STORAGE_FULL',
  writeAfter: 'ok',
  keepAfter: 'ok',
  problemAfter: null,
  keptAfter: 'kept again',
  fileAfter: 'the new text',
}

describe('P3: a full disk', () => {
  it.skipIf(!canMount)(`keeps old files and acknowledged text whole on a small tmpfs, and recovers${canMount ? '' : ' (skipped: this system lets nobody mount)'}`, async () => {
    const result = await outcome('unshare', [...inNamespace, 'sh', '-c', 'mount -t tmpfs -o size=4m tmpfs "$1" && exec "$2" "$3" "$1" 8000000 2000000', 'sh', folder, process.execPath, script])
    expect(result).toMatchObject(whole)
    expect(result.acknowledged).toBeGreaterThan(0)
    expect(result.listedWhileFull).toBe(result.acknowledged)
  })

  it.skipIf(!canLimit)(`does so under a limit on the size of files${canLimit ? '' : ' (skipped: prlimit is missing)'}`, async () => {
    const result = await outcome('prlimit', ['--fsize=700000:unlimited', process.execPath, script, folder, '0', '2000000'])
    expect(result).toMatchObject(whole)
    expect(result.acknowledged).toBeGreaterThan(0)
    expect(result.listedWhileFull).toBe(result.acknowledged)
  })
})
