import { useEffect, useRef, useState } from 'react'
import type { SelfTestState } from '#shared/contract/self-test.ts'
import { client } from '../../rpc/client.ts'
import { useWatch } from '../../rpc/use-watch.ts'
import { askText } from '../../shell/ask.ts'
import { notify } from '../../shell/notices.ts'
import { reportFailure } from '../../shell/report-failure.ts'
import { Button } from '../../ui/button.tsx'
import { Actions } from '../../ui/section.tsx'
import { Toned } from '../../ui/tone.tsx'
import { momentText } from './head-words.ts'
import { runSelfTest } from './run-self-test.ts'
import { SelfTestDialog } from './self-test-dialog.tsx'
import { reportName, summaryWords } from './self-test-words.ts'

/** The last self-test in a sentence, and what can be done about it. */
export function SelfTest() {
  const [state, setState] = useState<SelfTestState | null>(null)
  const [ratio, setRatio] = useState<number | null>(null)
  const [isShown, setShown] = useState(false)
  const running = useRef<AbortController | null>(null)
  useWatch(async signal => await client.selfTest.watch(undefined, { signal }), setState, [])
  useEffect(() => () => running.current?.abort(), [])

  const run = async (): Promise<void> => {
    const controller = new AbortController()
    running.current = controller
    setRatio(0)
    try {
      await runSelfTest(setRatio, controller.signal)
      setShown(true)
    } catch (error) {
      reportFailure(error)
    } finally {
      setRatio(null)
    }
  }
  const isRunning = ratio !== null || state?.isRunning === true
  const { text, tone } = state ? summaryWords(state, momentText) : { text: 'Reading the last self-test.', tone: 'muted' as const }
  return (
    <>
      <p role="status" className="mt-1">
        <Toned tone={tone}>{isRunning ? `Trying every way out${ratio === null ? '' : `, ${Math.round(ratio * 100)} %`}` : text}</Toned>
      </p>
      <Actions>
        <Button variant="primary" disabled={isRunning} onClick={() => void run()}>
          Run self-test
        </Button>
        <Button disabled={!state?.result || isRunning} onClick={() => void save(state?.result?.at).catch(reportFailure)}>
          Save signed report
        </Button>
        {state?.result && (
          <Button variant="quiet" onClick={() => setShown(true)}>
            Show results
          </Button>
        )}
      </Actions>
      <SelfTestDialog state={state} isOpen={isShown} onClose={() => setShown(false)} />
    </>
  )
}

async function save(at: string | undefined): Promise<void> {
  if (at === undefined) return
  const path = await askText({ title: 'Save signed report', text: 'Anyone can check it with cortex verify-report, on any machine.', label: 'File', initialText: reportName(new Date(at)), confirmLabel: 'Save' })
  if (path === null) return
  const saved = await client.selfTest.save({ path })
  notify({ tone: 'info', text: `Saved as ${saved.path}. Its key has the fingerprint ${saved.fingerprint}.` })
}
