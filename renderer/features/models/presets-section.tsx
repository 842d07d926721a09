import { Copy, Ellipsis, Pencil, Plus, Trash2 } from 'lucide-react'
import { useEffect } from 'react'
import type { Model, SamplingPreset } from '#shared/contract/models.ts'
import { useEngine, type Engine } from '../../rpc/engine.ts'
import { askConfirm } from '../../shell/ask.ts'
import { reportFailure } from '../../shell/report-failure.ts'
import { Button } from '../../ui/button.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { Menu } from '../../ui/menu.tsx'
import type { MenuEntry } from '../../ui/menu-item.ts'
import { Section } from '../../ui/section.tsx'
import { openModelsDialog, useModelsView } from './models-view-store.ts'
import { PresetSelect } from './preset-select.tsx'
import { presetWords } from './preset-values.ts'
import { readPresets, removePreset, usePresets } from './presets-store.ts'

/** How tokens are chosen: what chat begins with, the presets there are, and a way to make one. */
export function PresetsSection() {
  const presets = usePresets(state => state.presets)
  const isLocked = useModelsView(state => state.isLocked)
  const chat = useEngine(chatModel)
  const changes = useEngine(state => state.optionChanges)
  // What was saved can be read once the vault is open, and no more once it is locked; another window may change it.
  useEffect(() => {
    const stop = new AbortController()
    readPresets(stop.signal).catch((error: unknown) => !stop.signal.aborted && reportFailure(error))
    return () => stop.abort()
  }, [isLocked, changes])
  return (
    <Section
      id="models-presets"
      title="Sampling presets"
      actions={
        <Button size="small" icon={Plus} disabled={isLocked} aria-label="New sampling preset" onClick={() => openModelsDialog({ kind: 'preset', from: null, isChange: false })}>
          New
        </Button>
      }
    >
      {chat && (
        <div className="mb-2 grid grid-cols-[minmax(0,6rem)_minmax(0,1fr)] items-center gap-3">
          <span aria-hidden className="text-12 text-muted">
            Chat begins with
          </span>
          <PresetSelect model={chat} label="Sampling preset of chat" isLabelHidden />
        </div>
      )}
      <ul aria-label="Sampling presets" className="text-12">
        {(presets ?? []).map(preset => (
          <li key={preset.id} className="flex items-center gap-3 border-t border-line py-1">
            <span className="min-w-0 flex-1">
              <span className="block truncate" title={preset.name}>
                {preset.name}
              </span>
              <span className="tabular block text-muted [overflow-wrap:anywhere]">{presetWords(preset)}</span>
            </span>
            <Menu align="end" entries={menuOf(preset, isLocked)}>
              <IconButton icon={Ellipsis} label={`Actions for the preset ${preset.name}`} />
            </Menu>
          </li>
        ))}
      </ul>
      {isLocked && <p className="mt-1 text-12 text-muted">The vault is locked. Presets that you saved are in it, unharmed.</p>}
    </Section>
  )
}

function menuOf(preset: SamplingPreset, isLocked: boolean): MenuEntry[] {
  const copy: MenuEntry = { id: 'copy', label: 'Copy to a new preset', icon: Copy, ...(isLocked ? { disabledReason: 'The vault is locked.' } : {}), run: () => openModelsDialog({ kind: 'preset', from: preset, isChange: false }) }
  if (preset.isBuiltIn) return [copy]
  return [
    { id: 'edit', label: 'Edit', icon: Pencil, run: () => openModelsDialog({ kind: 'preset', from: preset, isChange: true }) },
    copy,
    'separator',
    { id: 'delete', label: 'Delete', icon: Trash2, isDanger: true, run: () => void remove(preset).catch(reportFailure) },
  ]
}

async function remove({ id, name }: SamplingPreset): Promise<void> {
  const isMeant = await askConfirm({ title: `Delete the preset ${name}?`, text: 'Models that begin with it go on as the settings say.', confirmLabel: 'Delete', isDanger: true })
  if (isMeant) await removePreset(id)
}

/** The one that answers in chat, loaded or not. */
function chatModel({ models, roles }: Engine): Model | null {
  return models.find(({ id }) => id === roles.chat) ?? models.find(({ isStarter }) => isStarter) ?? null
}
