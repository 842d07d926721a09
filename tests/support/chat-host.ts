import { ChatService } from '../../main/features/chat/chat-service.ts'
import { ConversationStore } from '../../main/features/chat/conversation-store.ts'
import { FakeContextGate } from '../../main/platform/labels/fake-context-gate.ts'
import { FakeEngine } from '../../main/features/models/fake-engine.ts'
import { FakeAudit } from '../../main/platform/audit/fake-audit.ts'
import { systemClock } from '../../main/platform/clock/clock.ts'
import { FakeLog } from '../../main/platform/log/fake-log.ts'
import { openStorage } from '../../main/platform/storage/open-storage.ts'
import { openVault } from '../../main/platform/vault/open-vault.ts'

// A host to be killed: answers questions without end on the database of a state folder, and says what it has acknowledged and shown.
const storage = openStorage(process.argv[2] ?? '', (await openVault(process.argv[2] ?? '')).vault, systemClock)
const engine = new FakeEngine()
engine.answers = [Array.from({ length: 900 }, (_, index) => `word${index}`).join(' ')]
engine.millisecondsPerToken = 2
engine.model = { id: 'fake', name: 'Fake model', contextTokens: 1_000_000, canChat: true, canFill: true, canEmbed: false, canRerank: false, destination: 'local' }
const chat = new ChatService({
  engine,
  gate: new FakeContextGate(),
  store: new ConversationStore(storage, systemClock),
  workspaces: { get: async () => ({}) },
  settings: { values: async () => ({ 'chat.answerReserve': 0.33, 'chat.temperature': 0 }) },
  audit: new FakeAudit(),
  clock: systemClock,
  log: new FakeLog(),
  systemPrompt: '',
})
const say = (line: object): void => void process.stdout.write(`${JSON.stringify({ at: Date.now(), ...line })}\n`)
const { id: conversationId } = await chat.conversations.create('w')
const named = { workspaceId: 'w', conversationId }
say({ conversationId })
for (let question = 0; ; question++) {
  const { questionId, answerId } = await chat.send({ ...named, prompt: `question ${question}`, attachments: [] })
  say({ questionId, answerId })
  let shown = ''
  for await (const event of await chat.conversations.watch(named)) {
    if (event.type === 'snapshot') shown = event.messages.at(-1)?.text ?? ''
    if (event.type === 'text-delta') shown += event.text
    say({ answerId, length: shown.length })
    if (event.type === 'message-changed' || (event.type === 'snapshot' && event.messages.at(-1)?.status !== 'streaming')) break
  }
  // The conversation is free again a moment after its answer has ended.
  await new Promise(resolve => setTimeout(resolve, 5))
}
