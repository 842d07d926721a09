import type { RefObject } from 'react'
import { useEngine } from '../../rpc/engine.ts'
import { runCommand } from '../../shell/commands.ts'
import { reportFailure } from '../../shell/report-failure.ts'
import { useSession } from '../../shell/session.ts'
import { Button } from '../../ui/button.tsx'
import { LiveRegion } from '../../ui/live-region.tsx'
import { Toned } from '../../ui/tone.tsx'
import { hardwareLine } from './hardware-words.ts'
import { useModelsView } from './models-view-store.ts'
import { headWords } from './resident-words.ts'

/** What holds now, then the machine it holds on. */
export function ModelsHead({ heading }: { heading: RefObject<HTMLHeadingElement | null> }) {
  const engine = useEngine(state => state.engine)
  const isKnown = engine !== null
  const models = useEngine(state => state.models)
  const residents = useEngine(state => state.residents)
  const hardware = useModelsView(state => state.hardware)
  const isLocked = useModelsView(state => state.isLocked)
  const isSafe = useSession(state => state.info?.isSafeMode ?? false)
  const { title, tone } = isKnown ? headWords(models, residents, engine) : ({ title: 'Models', tone: 'plain' } as const)
  return (
    <header>
      <h1 ref={heading} tabIndex={-1} className="focus-none text-20 font-strong text-balance">
        <Toned tone={tone}>{title}</Toned>
      </h1>
      <p className="tabular mt-1 text-muted">{hardware ? hardwareLine(hardware) : 'Looking at this machine'}</p>
      {isSafe && <p className="mt-1 text-warn">Safe mode: no model was loaded and no download goes on until Cortex starts normally. A model that you load here is loaded.</p>}
      {isLocked && (
        <p className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-1 text-warn">
          The vault is locked. Models that you added, their options and your presets are in it, unharmed. What you add now joins them once it is open.
          <Button size="small" onClick={() => void runCommand('vault.unlock').catch(reportFailure)}>
            Unlock
          </Button>
        </p>
      )}
      <LiveRegion text={isKnown ? title : ''} />
    </header>
  )
}
