import { Cpu } from 'lucide-react'
import { useEffect } from 'react'
import type { Model } from '#shared/contract/models.ts'
import { sizeWords } from '#shared/size-words.ts'
import { useEngine, watchEngine, type Engine } from '../../rpc/engine.ts'
import { runCommand } from '../../shell/commands.ts'
import { reportFailure } from '../../shell/report-failure.ts'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'

const counts = new Intl.NumberFormat('en', { notation: 'compact', compactDisplay: 'long', maximumSignificantDigits: 2 })

/** Says plainly what the bundled model is and is not, while it is the one in use or the only one. */
export function StarterNotice() {
  const starter = useEngine(starterInUse)
  useEffect(watchEngine, [])
  if (!starter) return null
  return (
    <section aria-label="The starter model" className="mt-9 flex items-start gap-3 border-t border-line pt-5">
      <Icon icon={Cpu} className="mt-0.5 text-muted" />
      <div className="max-w-140">
        <h2 className="font-strong">The starter model is tiny</h2>
        <p className="mt-1 text-muted">
          {starter.name} has {counts.format(starter.parameters)} weights in {sizeWords(starter.sizeBytes)}. It lets you try every part of Cortex at once, but its answers are often wrong. For real work use a bigger
          model: any GGUF file that llama.cpp can load, chosen here, under Model file in the settings, or with <code className="text-12">--model FILE</code> at start.
        </p>
        <Button className="mt-3" onClick={() => void runCommand('models.pick').catch(reportFailure)}>
          Choose a model
        </Button>
      </div>
    </section>
  )
}

function starterInUse({ models, engine }: Engine): Model | null {
  const starter = models.find(model => model.isStarter) ?? null
  if (!engine || engine.status === 'empty') return models.length === 1 ? starter : null
  return engine.modelId === starter?.id ? starter : null
}
