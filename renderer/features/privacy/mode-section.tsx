import { Lock, LockOpen } from 'lucide-react'
import type { EgressMode } from '#shared/contract/egress.ts'
import { client } from '../../rpc/client.ts'
import { askConfirm } from '../../shell/ask.ts'
import { reportFailure } from '../../shell/report-failure.ts'
import { RadioCards, type RadioCard } from '../../ui/radio-cards.tsx'
import { Section } from '../../ui/section.tsx'
import { modeDetails, modeMeanings, modeNames, offlineDetail } from './egress-words.ts'
import { GrantsList } from './grants-list.tsx'
import { useEgress } from './use-egress.ts'

const modes: readonly EgressMode[] = ['offline', 'local', 'ask', 'list']

/** What may connect at all. Leaving Offline is confirmed; going back is not. */
export function ModeSection() {
  const state = useEgress(store => store.state)
  const grants = state?.grants ?? []
  const cards = modes.map((mode): RadioCard<EgressMode> => ({
    value: mode,
    title: modeNames[mode],
    detail: mode === 'offline' ? offlineDetail(grants) : modeDetails[mode],
    icon: mode === 'offline' ? Lock : LockOpen,
    tone: mode === 'offline' ? 'ok' : 'warn',
  }))
  return (
    <Section title="Mode">
      <RadioCards label="Mode of the network" cards={cards} value={state?.mode ?? null} onChange={mode => void changeMode(mode).catch(reportFailure)} isDisabled={state === null || state.isLocked} />
      {state?.isLocked && <p className="mt-2 text-12 text-muted">The vault is locked: Cortex is offline and nothing is granted until it opens.</p>}
      {state && !state.isHostGuarded && <p className="mt-2 text-12 text-warn">This host was started without its guard: a connection that does not ask would not be refused.</p>}
      {state && !state.isLocked && <GrantsList mode={state.mode} grants={grants} />}
    </Section>
  )
}

async function changeMode(mode: EgressMode): Promise<void> {
  if (mode !== 'offline' && useEgress.getState().state?.mode === 'offline') {
    if (!(await askConfirm({ title: `Leave Offline for ${modeNames[mode]}?`, text: modeMeanings[mode], confirmLabel: 'Leave Offline' }))) return
  }
  await client.egress.setMode({ mode })
}
