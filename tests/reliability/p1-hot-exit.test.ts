import { spawn } from 'node:child_process'
import fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startInProcess } from '../support/in-process-app.ts'

const script = join(import.meta.dirname, '../support/hot-exit-script.ts')
const rounds = process.env['CORTEX_SOAK'] ? 1000 : 5

let folder: string
beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'p1-'))
  fs.mkdirSync(join(folder, 'work'))
})
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }))

/** Lets the script type from `first` on, kills it after some acknowledgements, and gives the last that came. */
function typeUntilKilled(first: number, acknowledgements: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, folder, join(folder, 'work'), String(first)], { stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    let errors = ''
    child.stderr.on('data', chunk => (errors += String(chunk)))
    child.stdout.on('data', chunk => {
      output += String(chunk)
      if (output.split('\n').length > acknowledgements) child.kill('SIGKILL')
    })
    child.on('close', () => {
      const last = output.slice(0, output.lastIndexOf('\n')).split('\n').at(-1)
      if (last) resolve(Number(last))
      else reject(new Error(`Nothing was acknowledged: ${errors}`))
    })
  })
}

describe('P1: unsaved text and kill -9', () => {
  it(`loses nothing that was acknowledged, in ${rounds} rounds`, async () => {
    let last = -1
    for (let round = 0; round < rounds; round++) {
      last = await typeUntilKilled(last + 1, 3 + Math.floor(Math.random() * 60))
      const app = await startInProcess(folder)
      expect((await app.client.app.info()).storageProblem).toBeNull()
      const { id: workspaceId } = await app.client.workspaces.open({ path: join(folder, 'work') })
      const kept = new Map((await app.client.buffers.list({ workspaceId })).map(buffer => [buffer.path, Number(buffer.text.split(' ')[0])]))
      for (let count = Math.max(0, last - 2); count <= last; count++) expect(kept.get(`untitled:${count % 3}`)).toBeGreaterThanOrEqual(count)
      // The process may have kept one more before it could say so.
      last = Math.max(...kept.values())
      await app.dispose()
    }
    console.log(`P1: ${last + 1} texts kept over ${rounds} kills, none lost`)
  }, 60_000 + rounds * 10_000)
})
