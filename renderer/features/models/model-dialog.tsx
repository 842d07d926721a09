import { useId, useState } from 'react'
import type { Model } from '#shared/contract/models.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { Tabs } from '../../ui/tabs.tsx'
import { BenchmarkPanel } from './benchmark-panel.tsx'
import { ModelFacts } from './model-facts.tsx'
import { ModelOptionsPanel } from './model-options-panel.tsx'
import { modelDetails, sourceWords } from './model-words.ts'
import { openModelsDialog } from './models-view-store.ts'
import { LoadedSpeculation } from './speculation-facts.tsx'
import { TensorsPanel } from './tensors-panel.tsx'

const tabs = [
  { id: 'facts', title: 'Facts' },
  { id: 'options', title: 'Load options' },
  { id: 'tensors', title: 'Tensors' },
  { id: 'benchmark', title: 'Benchmark' },
] as const

/** One model in full: what it is, how it is loaded, what is in it and how fast it is here. */
export function ModelDialog({ model }: { model: Model }) {
  const [tab, setTab] = useState('facts')
  const panel = useId()
  return (
    <Dialog isOpen onClose={() => openModelsDialog(null)} width={760} title={model.name} description={`${modelDetails(model)} · ${sourceWords(model.source)}`}>
      <div className="-mx-2 border-b border-line">
        <Tabs label="About this model" tabs={tabs} activeId={tab} onActivate={setTab} panelId={panel} />
      </div>
      <div id={panel} role="tabpanel" aria-label={tabs.find(({ id }) => id === tab)?.title} className="min-h-80 pt-3 pb-2">
        {tab === 'facts' && (
          <>
            <LoadedSpeculation modelId={model.id} />
            <ModelFacts model={model} />
          </>
        )}
        {tab === 'options' && <ModelOptionsPanel model={model} />}
        {tab === 'tensors' && <TensorsPanel model={model} />}
        {tab === 'benchmark' && <BenchmarkPanel model={model} />}
      </div>
    </Dialog>
  )
}
