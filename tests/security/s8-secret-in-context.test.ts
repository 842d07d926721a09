import { linkSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { ChatService } from '../../main/features/chat/chat-service.ts'
import { ConversationStore } from '../../main/features/chat/conversation-store.ts'
import { CompletionService } from '../../main/features/completion/completion-service.ts'
import { LabelGate } from '../../main/features/labels/label-gate.ts'
import { LabelsService } from '../../main/features/labels/labels-service.ts'
import { FakeEngine } from '../../main/features/models/fake-engine.ts'
import { FakeAudit } from '../../main/platform/audit/fake-audit.ts'
import { systemClock } from '../../main/platform/clock/clock.ts'
import { DiskFiles } from '../../main/platform/files/disk-files.ts'
import { RipgrepFileLister } from '../../main/platform/files/ripgrep-file-lister.ts'
import { FakeLedger } from '../../main/platform/ledger/fake-ledger.ts'
import { FakeLog } from '../../main/platform/log/fake-log.ts'
import { openFakeStorage } from '../../main/platform/storage/fake-storage.ts'

const canary = 'CANARY-4be1c7d2'
const top = realpathSync(mkdtempSync(join(tmpdir(), 'cortex-s8-context-')))
afterAll(() => rmSync(top, { recursive: true, force: true }))
const folder = join(top, 'work')
mkdirSync(join(folder, 'src'), { recursive: true })
writeFileSync(join(folder, '.env'), `API_TOKEN=${canary}\nOTHER_VALUE=${canary}-2\n`)
writeFileSync(join(folder, 'src', 'a.ts'), 'export const a = 1\n')
symlinkSync('../.env', join(folder, 'src', 'settings.ts'))
linkSync(join(folder, '.env'), join(folder, 'src', 'notes.md'))
mkdirSync(join(folder, '.cortex'))
writeFileSync(join(folder, '.cortex', 'privacy.jsonc'), '{ "labels": { ".env.example": "internal" } }')

const attachment = (path: string, text = readFileSync(join(folder, '.env'), 'utf8')) => ({ kind: 'file' as const, path, startLine: 1, totalLines: 2, text })

function start() {
  const engine = new FakeEngine()
  const audit = new FakeAudit()
  const ledger = new FakeLedger()
  const log = new FakeLog()
  const storage = openFakeStorage()
  const workspaces = { get: async () => ({ path: folder }) }
  const labels = new LabelsService({ files: new DiskFiles(), lister: new RipgrepFileLister(), workspaces, listenToFolder: async () => () => undefined, watchFile: () => () => undefined, clock: systemClock, log, stateFolder: join(top, 'state'), home: join(top, 'home') })
  const gate = new LabelGate({ labels, audit, ledger, log })
  const settings = { values: async () => ({ 'chat.answerReserve': 0.33, 'chat.temperature': 0 }) }
  const chat = new ChatService({ engine, gate, store: new ConversationStore(storage, systemClock), workspaces, settings, audit, clock: systemClock, log, systemPrompt: '' })
  const completion = new CompletionService(engine, gate, audit)
  const everywhere = (stream: string): string => JSON.stringify([engine.asked, engine.filled, audit.events, ledger.notes, log.written, storage.events.read(stream)])
  return { engine, audit, ledger, chat, completion, everywhere }
}

describe('S8 a secret file named in a context', () => {
  it('gives the model no byte of it, under its own name, a link, another name, or a path that is not its own; ledger and audit log hold each refusal', async () => {
    const { engine, audit, ledger, chat, everywhere } = start()
    const { id: conversationId } = await chat.conversations.create('w')
    const paths = ['.env', '.ENV', '.env.', 'src/../.env', './.env', 'src/settings.ts', 'src/notes.md', '.env::$DATA', 'untitled-1', 'src/a.ts']
    const { budget } = await chat.send({ workspaceId: 'w', conversationId, prompt: 'What is in .env?', attachments: paths.map(path => attachment(path)) })
    await sleep(20)
    expect(budget.attachments.map(({ path, decision, tokens }) => [path, decision, tokens])).toEqual(paths.map(path => [path, 'refused', 0]))
    expect(engine.asked).toHaveLength(1)
    expect(everywhere(`conversation/w/${conversationId}`)).not.toContain(canary)
    const refusals = audit.events.filter(event => event.kind === 'context.refuse')
    expect(refusals.map(event => event.subject)).toEqual(paths)
    expect(ledger.notes.map(({ kind, target, decision }) => [kind, target, decision])).toEqual(paths.map(path => ['context', path, 'refused']))
    process.stdout.write(`S8: ${paths.length} ways to name one secret file in a question, 0 bytes in the prompt, ${refusals.length} refusals recorded\n`)
  })

  it('lets the rest of the question through', async () => {
    const { engine, chat } = start()
    const { id: conversationId } = await chat.conversations.create('w')
    await chat.send({ workspaceId: 'w', conversationId, prompt: 'q', attachments: [attachment('.env'), attachment('src/a.ts', 'export const a = 1\n')] })
    // `send` answers once the question is kept; the model is asked after that.
    await vi.waitFor(() => expect(JSON.stringify(engine.asked)).toContain('export const a = 1'), { timeout: 20_000 })
  })

  it('goes along with one message by the person’s word, and nothing of it stays', async () => {
    const { engine, audit, chat, everywhere } = start()
    const { id: conversationId } = await chat.conversations.create('w')
    const send = async (overrides: string[]): Promise<void> => {
      await chat.send({ workspaceId: 'w', conversationId, prompt: 'q', attachments: [attachment('.env')], overrides })
      await sleep(20)
    }
    await send(['.env'])
    expect(JSON.stringify(engine.asked[0])).toContain(canary)
    expect(audit.events.map(event => event.kind)).toContain('context.override')
    await send([])
    await chat.retry({ workspaceId: 'w', conversationId })
    await sleep(20)
    engine.asked.splice(0, 1)
    expect(engine.asked).toHaveLength(2)
    expect(everywhere(`conversation/w/${conversationId}`)).not.toContain(canary)
  })

  it('is an error of one question and of a suggestion, and the model is not asked', async () => {
    const { engine, chat, completion } = start()
    for (const [path, at] of [['.env', folder], ['../work/.env', join(folder, 'src')], [join(folder, 'src', 'settings.ts'), null], ['.env', null]] as const) {
      await expect(chat.ask({ prompt: 'q', attachments: [attachment(path)], folder: at, ignoreEndOfText: false }).next(), path).rejects.toMatchObject({ code: 'CONTEXT_REFUSED' })
      await expect(completion.complete({ prefix: canary, suffix: '', scope: 'line', maxTokens: 8, file: { workspaceId: null, folder: at, path } }), path).rejects.toMatchObject({ code: 'CONTEXT_REFUSED' })
    }
    expect([...engine.asked, ...engine.filled]).toEqual([])
  })
})
