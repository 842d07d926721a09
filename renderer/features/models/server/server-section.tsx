import { Plus } from 'lucide-react'
import { useState } from 'react'
import { client } from '../../../rpc/client.ts'
import { useWatch } from '../../../rpc/use-watch.ts'
import { runCommand } from '../../../shell/commands.ts'
import { errorWords } from '../../../shell/error-words.ts'
import { ErrorState } from '../../../shell/error-state.tsx'
import { reportFailure } from '../../../shell/report-failure.ts'
import { Button } from '../../../ui/button.tsx'
import { Section } from '../../../ui/section.tsx'
import { LoadingState } from '../../../ui/states.tsx'
import { Switch } from '../../../ui/switch.tsx'
import { toneClass } from '../../../ui/tone.tsx'
import { BaseUrls } from './base-urls.tsx'
import { ClientDialog } from './client-dialog.tsx'
import { ClientList } from './client-list.tsx'
import { RunningCalls } from './running-calls.tsx'
import { afterServerEvent, useServer } from './server-store.ts'
import { serverWords } from './server-words.ts'

/** The models for other programs of this machine: off until a person turns it on, and then only with a token. */
export function ServerSection() {
  const { state, activity, failure } = useServer()
  const [isAdding, setAdding] = useState(false)
  const [isBusy, setBusy] = useState(false)
  const [fault, setFault] = useState<string | null>(null)
  useWatch(async signal => await client.modelServer.watch(undefined, { signal }), event => useServer.setState(view => afterServerEvent(view, event)), [], { onFailure: next => useServer.setState({ failure: next }) })
  const its = { id: 'models-server', title: 'Server for other programs' } as const
  if (failure !== null) return <Section {...its}><ErrorState error={failure} /></Section>
  if (!state) return <Section {...its}><LoadingState text="Asking the server" /></Section>
  const { text, tone } = serverWords(state)
  async function turn(isOn: boolean): Promise<void> {
    setBusy(true)
    setFault(null)
    try {
      const next = isOn ? await client.modelServer.turnOn() : await client.modelServer.turnOff()
      useServer.setState({ state: next })
    } catch (error) {
      const { what, why, next } = errorWords(error)
      setFault(`${what} ${why} ${next}`)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Section {...its} actions={<Switch label={its.title} isOn={state.isOn} isDisabled={isBusy} onChange={isOn => void turn(isOn)} />}>
      <p className={`text-12 ${toneClass[tone === 'plain' ? 'muted' : tone]}`}>{text}</p>
      {fault !== null && (
        <p role="alert" className="mt-2 text-12 break-words text-error">
          {fault}
        </p>
      )}
      {state.isLocked && (
        <Button size="small" className="mt-2" onClick={() => void runCommand('vault.unlock').catch(reportFailure)}>
          Unlock
        </Button>
      )}
      {state.isOn && state.baseUrls && <BaseUrls urls={state.baseUrls} />}
      {!state.isLocked && <ClientList isOn={state.isOn} />}
      {state.isOn && !state.isLocked && (
        <>
          <Button size="small" icon={Plus} className="mt-2" onClick={() => setAdding(true)}>
            Add a program
          </Button>
          <RunningCalls activity={activity} />
        </>
      )}
      {isAdding && <ClientDialog onClose={() => setAdding(false)} />}
    </Section>
  )
}
