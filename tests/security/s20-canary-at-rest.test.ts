import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { connect } from '../support/socket-client.ts'
import { startApp, type RunningApp } from '../support/start-app.ts'

// S20, first part: a real host, real files, and canaries in everything a person may type.
const isBuilt = fs.existsSync(join(import.meta.dirname, '../..', process.env['CORTEX_OUT'] ?? 'out', 'main', 'serve.js'))
const isLinux = process.platform === 'linux'

let folder: string
let app: RunningApp | null = null
beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 's20-'))
})
afterEach(async () => {
  await app?.dispose()
  fs.rmSync(folder, { recursive: true, force: true })
})

function filesBelow(path: string): string[] {
  return fs.readdirSync(path, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name))
}

/** Places that hold a canary, in the ways text is written; the file's name counts as well. */
function placesOf(canaries: Record<string, string>, files: readonly string[]): string[] {
  return files.flatMap(file => {
    const bytes = fs.readFileSync(file)
    return Object.entries(canaries).flatMap(([kind, canary]) => {
      const spellings = [Buffer.from(canary), Buffer.from(canary, 'utf16le'), Buffer.from(Buffer.from(canary).toString('hex')), Buffer.from(encodeURIComponent(canary))]
      return spellings.some(spelling => bytes.includes(spelling)) || file.includes(canary) ? [`${kind} in ${file}`] : []
    })
  })
}

function processFiles(pid: number): string[] {
  const children = execFileSync('ps', ['-ax', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n').map(line => line.trim().split(/\s+/).map(Number))
  const tree = [pid]
  for (const parent of tree) tree.push(...children.flatMap(([child = 0, its = 0]) => (its === parent ? [child] : [])))
  return tree.flatMap(one => [`/proc/${one}/environ`, `/proc/${one}/cmdline`]).filter(path => fs.existsSync(path))
}

describe('S20: what is typed lands in no file, process or message in plain text', () => {
  it.skipIf(!isBuilt)(`finds no canary in the state folder, the log, the processes and the errors${isBuilt ? '' : ' (skipped: the host is not built)'}`, async () => {
    const canary = (kind: string): string => `${kind}-${randomBytes(12).toString('hex')}`
    const canaries = { prompt: canary('prompt'), file: canary('file'), unsaved: canary('unsaved'), terminal: canary('terminal'), layout: canary('layout'), passphrase: canary('passphrase'), draft: canary('draft') }
    const home = join(folder, 'home')
    const work = join(folder, 'work')
    fs.mkdirSync(home)
    fs.mkdirSync(work)
    fs.writeFileSync(join(work, 'notes.txt'), `${canaries.file}\n`)
    app = await startApp({ folder: work, home })
    const { client, close } = await connect(app)
    const { id: workspaceId } = await client.workspaces.open({ path: work })
    const { id: conversationId } = await client.chat.create({ workspaceId })
    await client.chat.send({ workspaceId, conversationId, prompt: `Repeat ${canaries.prompt}`, attachments: [{ kind: 'file', path: 'notes.txt' }] as never }).catch(async () => await client.chat.send({ workspaceId, conversationId, prompt: `Repeat ${canaries.prompt} and ${canaries.file}`, attachments: [] }))
    await client.buffers.keep({ workspaceId, path: 'notes.txt', text: canaries.unsaved, baseVersion: null })
    await client.chat.keepDraft({ workspaceId, conversationId: null, text: `not sent: ${canaries.draft}` })
    await client.chat.keepDraft({ workspaceId, conversationId, text: `not sent: ${canaries.draft}` })
    await client.layout.keep({ workspaceId, layout: { note: canaries.layout } })
    const terminal = await client.terminals.create({ workspaceId, columns: 80, rows: 24 })
    await client.terminals.write({ workspaceId, terminalId: terminal.id, data: `echo ${canaries.terminal}\r` })
    await client.storage.exportTo({ path: join(folder, 'export'), passphrase: canaries.passphrase })
    await client.storage.backUp()
    const failures = await Promise.all([
      client.storage.importFrom({ path: join(folder, 'absent'), passphrase: canaries.passphrase }),
      client.buffers.keep({ workspaceId: 'nobody', path: 'a', text: canaries.unsaved, baseVersion: null }),
      client.chat.keepDraft({ workspaceId, conversationId: 'nobody', text: canaries.draft }),
      client.chat.send({ workspaceId, conversationId: 'nobody', prompt: canaries.prompt, attachments: [] }),
    ].map(async call => await call.then(() => 'no error', (error: unknown) => JSON.stringify([error, (error as Error).stack]))))
    expect(failures.every(text => text !== 'no error')).toBe(true)
    await sleep(1500)

    // The search itself can find: the person's own file holds its canary.
    expect(placesOf(canaries, filesBelow(work))).toEqual([`file in ${join(work, 'notes.txt')}`])
    const found = [...placesOf(canaries, filesBelow(home)), ...placesOf(canaries, [join(folder, 'export')])]
    const inProcesses = isLinux ? placesOf(canaries, processFiles(app.pid)) : []
    const inMessages = [...failures, app.errors()].filter(text => Object.values(canaries).some(one => text.includes(one)))
    close()
    await app.stop('SIGKILL')
    const afterKill = placesOf(canaries, filesBelow(home))
    expect({ found, inProcesses, inMessages: inMessages.length, afterKill }).toEqual({ found: [], inProcesses: [], inMessages: 0, afterKill: [] })
    console.info(`S20: ${Object.keys(canaries).length} canaries, ${filesBelow(home).length} files under the state folder, none holds one`)
  }, 120_000)
})
