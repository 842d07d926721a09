import { execFile } from 'node:child_process'
import fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const run = promisify(execFile)
const script = join(import.meta.dirname, '../support/backups-full-script.ts')
const inNamespace = ['--user', '--map-root-user', '--mount']
const canMount = await run('unshare', [...inNamespace, 'mount', '-t', 'tmpfs', 'tmpfs', tmpdir()]).then(() => true, () => false)
/** Bytes between two fillings of the disk: each leaves room for a little more of the work, so that another write is the one that fails. */
const stepBytes = process.env['CORTEX_SOAK'] ? 8192 : 200_000

let folder: string
beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'p3-backups-'))
})
afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true })
})

interface Result {
  fillings: number
  outcomes: Record<string, number>
  left: string[]
  backups: number
  isWhole: boolean
}

describe('P3: the disk is full while a backup, an export, another key or the vault is written', () => {
  it.skipIf(!canMount)(`no half file stays, nothing that was good is lost, and it works again when there is room${canMount ? '' : ' (skipped: this system lets nobody mount)'}`, async () => {
    const { stdout } = await run('unshare', [...inNamespace, 'sh', '-c', 'mount -t tmpfs -o size=8m tmpfs "$1" && exec "$2" "$3" "$1" "$4"', 'sh', folder, process.execPath, script, String(stepBytes)], { maxBuffer: 10_000_000 })
    const result = JSON.parse(stdout) as Result
    expect(result.left).toEqual([])
    expect(result.isWhole).toBe(true)
    expect(result.backups).toBeGreaterThan(0)
    const codes = new Set(Object.keys(result.outcomes).map(key => key.split(' ')[1]))
    expect([...codes].filter(code => !['ok', 'STORAGE_FULL', 'DISK_FULL', 'STORAGE_LOCKED'].includes(code ?? ''))).toEqual([])
    for (const work of ['backup', 'export', 'rekey']) expect(Object.keys(result.outcomes).filter(key => key.startsWith(work)).length, work).toBeGreaterThan(1)
    console.info(`P3, backups: ${result.fillings} fillings of the disk, ${JSON.stringify(result.outcomes)}`)
  }, 600_000)
})
