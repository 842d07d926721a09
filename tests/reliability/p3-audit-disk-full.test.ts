import { execFile } from 'node:child_process'
import fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const run = promisify(execFile)
const script = join(import.meta.dirname, '../support/audit-full-script.ts')
const inNamespace = ['--user', '--map-root-user', '--mount']
const canMount = await run('unshare', [...inNamespace, 'mount', '-t', 'tmpfs', 'tmpfs', tmpdir()]).then(() => true, () => false)
/** One page of the disk, or several: each leaves room for a little more, so that another write is the one that fails. */
const stepBytes = process.env['CORTEX_SOAK'] ? 4096 : 12_288

let folder: string
beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'p3-audit-'))
})
afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true })
})

interface Result {
  fillings: number
  headFaults: number
  starts: number
  outcomes: Record<string, number>
  left: string[]
}

describe('P3: the disk is full while the audit log or its head file is written', () => {
  // The script itself throws where something happened unrecorded, the log tells of what was refused, or the chain or the head does not fit.
  it.skipIf(!canMount)(`what must be recorded is on disk or is refused, and the chain is whole once there is room${canMount ? '' : ' (skipped: this system lets nobody mount)'}`, async () => {
    const { stdout } = await run('unshare', [...inNamespace, 'sh', '-c', 'mount -t tmpfs -o size=8m tmpfs "$1" && exec "$2" "$3" "$1" "$4"', 'sh', folder, process.execPath, script, String(stepBytes)], { maxBuffer: 10_000_000 })
    const result = JSON.parse(stdout) as Result
    expect(result.left).toEqual([])
    const codes = new Set(Object.keys(result.outcomes).map(key => key.split(' ')[1]))
    expect([...codes].filter(code => !['ok', 'STORAGE_FULL', 'STORAGE_LOCKED', 'vault-not-writable'].includes(code ?? ''))).toEqual([])
    for (const work of ['start', 'secret', 'trust', 'override', 'seal']) expect(Object.keys(result.outcomes).filter(key => key.startsWith(work)).length, work).toBeGreaterThan(1)
    expect(result.headFaults).toBeGreaterThanOrEqual(9)
    process.stdout.write(`P3, audit log: ${result.starts} first starts and ${result.fillings} fillings of the disk, ${result.headFaults} refused writes of the head file; ${JSON.stringify(result.outcomes)}\n`)
  }, 600_000)
})
