import { isAppError } from '#shared/errors.ts'
import type { GenerateEvent } from '../../../native/inference/contract.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Log } from '../../platform/log/log.ts'
import type { ChatEventData } from './chat-events.ts'
import type { LiveConversation } from './live-conversation.ts'

/** Text is kept this long after it came at the latest, so that a kill loses no more. */
const saveMilliseconds = 400

interface Answer {
  id: string
  live: LiveConversation
  controller: AbortController
  clock: Clock
  log: Log
}

/** What of the generation has come so far. */
interface Progress {
  tokens: number
  firstAt: number | null
  end: Extract<GenerateEvent, { type: 'generate-end' }> | null
}

type Ending = Pick<ChatEventData<'answer-ended'>, 'status' | 'stopReason' | 'error'>

/** Writes a generation into a conversation until it ends, is stopped or fails; what has come is kept in every case. Never throws. */
export async function writeAnswer(events: AsyncIterable<GenerateEvent>, { id, live, controller, clock, log }: Answer): Promise<void> {
  const startedAt = clock.monotonic()
  const progress: Progress = { tokens: 0, firstAt: null, end: null }
  let timer: NodeJS.Timeout | undefined
  let storageError: unknown = null
  const rate = (): number | null => {
    const milliseconds = progress.firstAt === null ? 0 : clock.monotonic() - progress.firstAt
    return milliseconds > 0 && progress.tokens > 1 ? ((progress.tokens - 1) * 1000) / milliseconds : null
  }
  const save = (): void => {
    timer = undefined
    try {
      live.save()
    } catch (error) {
      storageError = error
      controller.abort()
    }
  }
  const write = async (): Promise<Ending> => {
    for await (const event of events) {
      if (event.type === 'generate-end') {
        progress.end = event
        continue
      }
      progress.firstAt ??= clock.monotonic()
      progress.tokens = event.tokens
      if (event.type !== 'text-delta') continue
      live.addText(id, event.text, event.tokens, rate())
      timer ??= setTimeout(save, saveMilliseconds)
    }
    if (controller.signal.aborted) throw controller.signal.reason
    return { status: 'complete', stopReason: progress.end?.stopReason ?? 'end-of-text', error: null }
  }
  const ending = await write().catch((error: unknown): Ending => {
    if (storageError === null && controller.signal.aborted) return { status: 'stopped', stopReason: 'stopped', error: null }
    return { status: 'failed', stopReason: 'error', error: errorOf(storageError ?? error, log) }
  })
  clearTimeout(timer)
  const { tokens, tokensPerSecond, milliseconds } = progress.end ?? { tokens: progress.tokens, tokensPerSecond: rate(), milliseconds: clock.monotonic() - startedAt }
  live.appendAnyway(['answer-ended', { id, ...ending, tokens, tokensPerSecond, milliseconds }])
}

function errorOf(error: unknown, log: Log): Ending['error'] {
  if (isAppError(error)) return { code: error.code, data: error.data }
  log.error('An answer ended by a fault', { name: error instanceof Error ? error.name : typeof error })
  return { code: 'WORKER_CRASHED', data: { worker: 'inference', reason: 'an unexpected fault' } }
}
