import { useLayoutEffect } from 'react'
import type { EgressAnswer } from '#shared/contract/egress.ts'
import { client } from '../../rpc/client.ts'
import { useWatch } from '../../rpc/use-watch.ts'
import { reportFailure } from '../../shell/report-failure.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { LiveRegion } from '../../ui/live-region.tsx'
import { questionText, questionTitle } from './egress-words.ts'
import { watchViolations } from './report-violations.ts'
import { useEgress } from './use-egress.ts'

const answers: readonly { value: EgressAnswer; label: string }[] = [
  { value: 'once', label: 'Once' },
  { value: 'hour', label: 'For an hour' },
  { value: 'always', label: 'Always for this feature' },
]

/** Follows the network's state for all that show it, asks what waits for the person, and reports what the page's policy refused. Esc refuses. */
export function EgressBackground() {
  useWatch(async signal => await client.egress.watch(undefined, { signal }), state => useEgress.setState({ state }), [])
  // Before anything of the page can ask for something.
  useLayoutEffect(() => watchViolations(report => void client.egress.report(report).catch(() => undefined)), [])
  const question = useEgress(store => store.state?.questions[0])
  const answer = (value: EgressAnswer): void => {
    if (question) void client.egress.answer({ id: question.id, answer: value }).catch(reportFailure)
  }
  return (
    <>
      <LiveRegion isUrgent text={question ? `${questionTitle(question)} ${questionText(question)}` : ''} />
      {question && (
        <Dialog
          key={question.id}
          isOpen
          onClose={() => answer('refuse')}
          title={questionTitle(question)}
          description={questionText(question)}
          hasCloseButton={false}
          width={520}
          footer={
            <>
              <Button data-autofocus onClick={() => answer('refuse')}>
                Refuse
              </Button>
              {answers.filter(({ value }) => value === 'once' || !question.unmasked).map(({ value, label }) => (
                <Button key={value} onClick={() => answer(value)}>
                  {label}
                </Button>
              ))}
            </>
          }
        />
      )}
    </>
  )
}
