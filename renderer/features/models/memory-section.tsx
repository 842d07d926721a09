import { useEngine } from '../../rpc/engine.ts'
import { runCommand } from '../../shell/commands.ts'
import { reportFailure } from '../../shell/report-failure.ts'
import { Button } from '../../ui/button.tsx'
import { Section } from '../../ui/section.tsx'
import { memoryBar, type BarPart } from './memory-bar.ts'

/** The first is the accent: the local model. The others tell each other apart. */
const fills = ['bg-accent', 'bg-info', 'bg-(--code-keyword)', 'bg-warn', 'bg-(--code-string)', 'bg-(--code-number)'] as const

function fillOf(part: BarPart, index: number): string {
  return part.kind === 'model' ? (fills[index % fills.length] ?? 'bg-info') : 'bg-faint'
}

/** All that is loaded, against what models may take: one bar, and the same in words below it. */
export function MemorySection() {
  const budget = useEngine(state => state.budget)
  const models = useEngine(state => state.models)
  const residents = useEngine(state => state.residents)
  if (!budget) return null
  const bar = memoryBar(budget, models, residents)
  return (
    <Section
      title="Memory set aside for models"
      actions={
        <Button size="small" onClick={() => void runCommand('settings.open', 'memory for models').catch(reportFailure)}>
          Change the budget
        </Button>
      }
    >
      <div role="meter" aria-label="Memory set aside for models" aria-valuenow={Math.round(bar.usedBytes / 1e6)} aria-valuemin={0} aria-valuemax={Math.max(1, Math.round(bar.totalBytes / 1e6))} aria-valuetext={bar.text} className="flex h-2.5 gap-0.5 overflow-hidden rounded-[5px] bg-control-line/25">
        {bar.parts.map((part, index) => (
          <span key={part.label} className={`block h-full min-w-0.5 ${fillOf(part, index)}`} style={{ width: `${part.share * 100}%` }} />
        ))}
      </div>
      <ul aria-label="What takes memory" className="tabular mt-2 flex flex-wrap gap-x-4.5 gap-y-1 text-12 text-muted">
        {bar.parts.map((part, index) => (
          <li key={part.label} className="flex min-w-0 items-center gap-1.5">
            <span aria-hidden className={`size-2 shrink-0 rounded-[2px] ${fillOf(part, index)}`} />
            <span className="truncate">{part.label}</span> <span className="whitespace-nowrap">{part.amount}</span>
          </li>
        ))}
        <li>{bar.freeText}</li>
        {bar.gpuText && <li>{bar.gpuText}</li>}
      </ul>
      {bar.heldText && <p className="tabular mt-1 text-12 text-muted">{bar.heldText}. A plan sets aside what a model takes once its context is full.</p>}
    </Section>
  )
}
