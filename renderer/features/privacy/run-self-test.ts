import type { Finding, SelfTestEvent } from '#shared/contract/self-test.ts'
import { client } from '../../rpc/client.ts'
import { attemptFromPage } from './page-attempts.ts'

/** Runs the whole test with this page in it; `onProgress` gets the share that is done, 0 to 1. */
export async function runSelfTest(onProgress: (ratio: number) => void, signal: AbortSignal): Promise<void> {
  const events: AsyncIterable<SelfTestEvent> = await client.selfTest.run({ isPage: true }, { signal })
  for await (const event of events) {
    if (event.type === 'progress') onProgress(event.done / event.total)
    if (event.type === 'page-turn') {
      const findings: Finding[] = await attemptFromPage(event.sinks)
      await client.selfTest.answer({ runId: event.runId, findings }, { signal })
    }
  }
}
