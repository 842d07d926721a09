import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { ConversationStore } from '../../main/features/chat/conversation-store.ts'
import { systemClock } from '../../main/platform/clock/clock.ts'
import { openStorage } from '../../main/platform/storage/open-storage.ts'
import { openVault } from '../../main/platform/vault/open-vault.ts'

// P1 for conversations: SIGKILL at random moments. 1,000 rounds in the soak; a few here.
const rounds = process.env['CORTEX_SOAK'] ? 1000 : 6
/** Text is kept at most this long after it was shown, by the clock of a host that still says something then. */
const keptAfterMilliseconds = 500

interface Line {
  at: number
  conversationId?: string
  questionId?: string
  answerId?: string
  length?: number
}

async function killedHost(state: string, after: number): Promise<Line[]> {
  const host = spawn(process.execPath, [join(import.meta.dirname, '../support/chat-host.ts'), state], { stdio: ['ignore', 'pipe', 'inherit'] })
  const lines: Line[] = []
  const reading = createInterface({ input: host.stdout })
  const started = Promise.withResolvers<void>()
  reading.on('line', line => {
    try {
      lines.push(JSON.parse(line) as Line)
    } catch {
      // The line that the kill cut in half.
    }
    started.resolve()
  })
  await started.promise
  await sleep(after)
  host.kill('SIGKILL')
  await new Promise(resolve => reading.once('close', resolve))
  return lines
}

describe('P1: the host is killed while it answers', () => {
  it(`keeps every question it acknowledged and the text it showed half a second before, in ${rounds} rounds`, async () => {
    let acknowledged = 0
    for (let round = 0; round < rounds; round++) {
      const state = mkdtempSync(join(tmpdir(), 'cortex-p1-'))
      const lines = await killedHost(state, 200 + Math.random() * 3000)
      const storage = openStorage(state, (await openVault(state)).vault, systemClock)
      expect(storage.problem).toBeNull()
      const lastAt = lines.at(-1)?.at ?? 0
      const [conversation] = new ConversationStore(storage, systemClock).list('w')
      const { messages } = new ConversationStore(storage, systemClock).load('w', conversation?.id ?? '')
      for (const { questionId, answerId } of lines) {
        if (!questionId) continue
        acknowledged++
        const at = messages.findIndex(message => message.id === questionId)
        expect(messages[at]).toMatchObject({ role: 'user', status: 'complete' })
        const answer = messages[at + 1]
        expect(answer?.id).toBe(answerId)
        const due = lines.findLast(line => line.answerId === answerId && line.length !== undefined && line.at < lastAt - keptAfterMilliseconds)
        expect(answer?.text.length).toBeGreaterThanOrEqual(due?.length ?? 0)
        expect('word0 word1 word2 word3'.startsWith((answer?.text ?? '').slice(0, 23))).toBe(true)
      }
      storage.close()
      rmSync(state, { recursive: true, force: true })
    }
    expect(acknowledged).toBeGreaterThanOrEqual(rounds)
    console.info(`P1, conversations: ${rounds} kills, ${acknowledged} acknowledged questions, none lost`)
  }, 60_000 + rounds * 8000)
})
