import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Client } from '#shared/contract/index.ts'
import { canaryForms, filesWithCanary, holdsCanary, processWords } from '../support/find-canary.ts'
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

/** Which of the canaries stand in a file below a folder, or in its name. */
function kindsBelow(canaries: Record<string, string>, path: string): string[] {
  return Object.entries(canaries).flatMap(([kind, canary]) => filesWithCanary(path, canaryForms(canary)).hits.map(file => `${kind} in ${file}`))
}

/** Every process of this machine whose words may be read: of a program that ended meanwhile nothing is left. */
function processesWith(canaries: Record<string, string>): string[] {
  return fs.readdirSync('/proc').filter(name => /^\d+$/.test(name)).flatMap(pid => {
    const words = processWords(Number(pid))
    return Object.entries(canaries).filter(([, canary]) => holdsCanary(words, canaryForms(canary))).map(([kind]) => `${kind} in process ${pid}`)
  })
}

/** A piece of an answer that says enough to be known again. What so small a model says is its own: it is asked until there is one. */
async function answered(client: Client, one: { workspaceId: string; conversationId: string }): Promise<string> {
  for (const prompt of ['Write a function.', 'Say something.', 'Tell a story.', 'Explain a loop.']) {
    const { answerId } = await client.chat.send({ ...one, prompt })
    let text = ''
    for await (const event of await client.chat.watch(one)) {
      const message = event.type === 'snapshot' ? event.messages.find(each => each.id === answerId) : event.type === 'message-changed' ? event.message : undefined
      if (message?.id !== answerId || message.status === 'streaming') continue
      text = message.text
      break
    }
    const longest = text.split('\n').map(line => line.trim()).sort((a, b) => b.length - a.length)[0] ?? ''
    if (longest.length >= 24) return longest.slice(0, 60)
  }
  throw new Error('The model gave no answer to search for')
}

describe('S20: what is typed lands in no file, process or message in plain text', () => {
  it.skipIf(!isBuilt)(`finds no canary in the state folder, the log, the processes and the errors${isBuilt ? '' : ' (skipped: the host is not built)'}`, async () => {
    const canary = (kind: string): string => `${kind}-${randomBytes(12).toString('hex')}`
    const canaries: Record<'prompt' | 'answer' | 'file' | 'secret' | 'unsaved' | 'terminal' | 'layout' | 'passphrase' | 'draft' | 'suggestion', string> = {
      answer: '', prompt: canary('prompt'), file: canary('file'), unsaved: canary('unsaved'), terminal: canary('terminal'), layout: canary('layout'), passphrase: canary('passphrase'), draft: canary('draft'), secret: canary('secret'), suggestion: canary('suggestion'),
    }
    const home = join(folder, 'home')
    const work = join(folder, 'work')
    fs.mkdirSync(home)
    fs.mkdirSync(work)
    fs.writeFileSync(join(work, 'notes.txt'), `${canaries.file}\n`)
    app = await startApp({ folder: work, home })
    const { client, close } = await connect(app)
    const { id: workspaceId } = await client.workspaces.open({ path: work })
    const { id: conversationId } = await client.chat.create({ workspaceId })
    const { id: model } = (await client.models.list()).find(one => one.isStarter) ?? { id: '' }
    await client.models.load({ id: model })
    canaries.answer = await answered(client, { workspaceId, conversationId })
    const attachment = { kind: 'file' as const, path: 'notes.txt', startLine: 1, totalLines: 1, text: `${canaries.file}\n` }
    await client.chat.send({ workspaceId, conversationId, prompt: `Repeat ${canaries.prompt}`, attachments: [attachment] })
    await client.completion.complete({ prefix: `const name = '${canaries.suggestion}'\n`, suffix: '', maxTokens: 4 })
    await client.secrets.add({ name: 'token', description: '', value: canaries.secret, expiresAt: null })
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
    expect(kindsBelow(canaries, work)).toEqual([`file in ${join(work, 'notes.txt')}`])
    const found = kindsBelow(canaries, home)
    const exported = fs.readFileSync(join(folder, 'export'))
    const inExport = Object.values(canaries).filter(one => holdsCanary(exported, canaryForms(one))).length
    const inProcesses = isLinux ? processesWith(canaries) : []
    const inMessages = [...failures, app.errors()].filter(text => Object.values(canaries).some(one => holdsCanary(text, canaryForms(one)))).length
    close()
    await app.stop('SIGKILL')
    const afterKill = kindsBelow(canaries, home)
    expect({ found, inExport, inProcesses, inMessages, afterKill }).toEqual({ found: [], inExport: 0, inProcesses: [], inMessages: 0, afterKill: [] })
    const { files, bytes } = filesWithCanary(home, [])
    console.info(`S20: ${Object.keys(canaries).length} canaries, ${files} files of ${Math.round(bytes / 1024)} KiB under the state folder: none holds one`)
  }, 120_000)
})
