import { useState } from 'react'
import type { SelfTestAttendance } from '#shared/contract/self-test.ts'
import { client } from '../../rpc/client.ts'
import { useWatch } from '../../rpc/use-watch.ts'
import { notify } from '../../shell/notices.ts'
import { reportFailure } from '../../shell/report-failure.ts'
import { attemptFromPage } from './page-attempts.ts'

/** Tries this page's ways out when a self-test from elsewhere asks for it, and says so. */
export function SelfTestBackground() {
  const [isTrying, setTrying] = useState(false)
  const attend = async (event: SelfTestAttendance): Promise<void> => {
    if (event.type !== 'page-turn' || isTrying) return
    setTrying(true)
    notify({ tone: 'info', text: 'A self-test was started elsewhere: this page tries its ways out.' })
    try {
      await client.selfTest.answer({ runId: event.runId, findings: await attemptFromPage(event.sinks) })
    } finally {
      setTrying(false)
    }
  }
  useWatch(async signal => await client.selfTest.attend(undefined, { signal }), event => void attend(event).catch(reportFailure), [])
  return null
}
