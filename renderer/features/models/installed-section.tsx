import { Columns3, Ellipsis, HardDriveUpload, Layers, SlidersHorizontal, Trash2, X } from 'lucide-react'
import { useMemo, useState } from 'react'
import { modelRoles, type Model, type ModelRole, type Resident } from '#shared/contract/models.ts'
import { sizeWords } from '#shared/size-words.ts'
import { client } from '../../rpc/client.ts'
import { useEngine } from '../../rpc/engine.ts'
import { askConfirm } from '../../shell/ask.ts'
import { reportFailure } from '../../shell/report-failure.ts'
import { Button } from '../../ui/button.tsx'
import { DataTable, type Column } from '../../ui/data-table.tsx'
import { Field } from '../../ui/field.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { Menu } from '../../ui/menu.tsx'
import type { MenuEntry } from '../../ui/menu-item.ts'
import { Section } from '../../ui/section.tsx'
import { toneClass } from '../../ui/tone.tsx'
import { compareWith, modelKey } from './compare-choice.ts'
import { loadModelAs, unloadModelOf, useLoads } from './load-model-as.ts'
import { removeModel } from './model-actions.ts'
import { canHave, contextWords, roleNames, sourceWords, usesWords, weightWords } from './model-words.ts'
import { openModelsDialog, useModelsView } from './models-view-store.ts'
import { loadedWords } from './resident-words.ts'
import { RoleTags } from './role-tags.tsx'

interface Row {
  model: Model
  roles: readonly ModelRole[]
  /** Its process, if it has one. */
  resident: Resident | null
}

/** From so many on there is a field to search them. */
const manyModels = 8

/** Every model that Cortex knows, loaded or not. */
export function InstalledSection() {
  const { engine, models, residents, roles } = useEngine()
  const [query, setQuery] = useState('')
  const rows = useMemo(() => {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean)
    return models
      .filter(model => words.every(word => `${model.name} ${model.quantization} ${model.architecture} ${usesWords(model)} ${sourceWords(model.source)}`.toLowerCase().includes(word)))
      .map(model => ({ model, roles: modelRoles.filter(role => roles[role] === model.id), resident: residents.find(({ modelId }) => modelId === model.id) ?? null }))
  }, [models, residents, roles, query])
  if (engine === null) return null
  return (
    <Section
      id="models-installed"
      title="On this machine"
      actions={
        <>
          <Button size="small" icon={Columns3} onClick={() => openModelsDialog({ kind: 'compare' })}>
            Compare models
          </Button>
          {models.length > manyModels && <Field label="Search the models on this machine" isLabelHidden placeholder={`Search ${models.length} models`} value={query} onChange={event => setQuery(event.target.value)} className="w-52" />}
        </>
      }
    >
      <DataTable label="Models on this machine" columns={columns} rows={rows} rowKey={row => row.model.id} emptyText={query === '' ? 'None yet. Download one below, or add a GGUF file.' : 'No model has these words.'} maxHeight={420} />
      {models.length === 1 && models[0]?.isStarter && <p className="mt-2 max-w-150 text-12 text-muted">The starter is tiny: it answers and completes at once, but often wrongly. For real work download a model below, or add a GGUF file.</p>}
    </Section>
  )
}

async function deleteFiles({ id, name, sizeBytes }: Model): Promise<void> {
  const isMeant = await askConfirm({ title: `Delete the files of ${name}?`, text: `${sizeWords(sizeBytes)} are freed. To have it again, it must come here again.`, confirmLabel: 'Delete', isDanger: true })
  if (isMeant) await client.library.deleteFiles({ modelId: id })
}

/** Whether its file lies in Cortex's own folder of models: downloaded, copied or unpacked there. */
function isOwn(path: string, folder: string | undefined): boolean {
  return folder !== undefined && (path.startsWith(`${folder}/`) || path.startsWith(`${folder}\\`))
}

/** Loaded, or on its way there. */
function isUp(resident: Resident | null): boolean {
  return resident !== null && resident.status !== 'failed'
}

function menuOf({ model, roles, resident }: Row, folder: string | undefined): MenuEntry[] {
  const give = (role: ModelRole): MenuEntry => ({
    id: role,
    label: `Use for ${roleNames[role].toLowerCase()}`,
    isChecked: roles.includes(role),
    run: () => void client.models.setRole({ role, id: roles.includes(role) ? null : model.id }).catch(reportFailure),
  })
  return [
    { id: 'details', label: 'Details and options', icon: SlidersHorizontal, run: () => openModelsDialog({ kind: 'model', id: model.id }) },
    ...(isUp(resident) ? [] : [{ id: 'beside', label: 'Load beside the others', icon: Layers, run: () => void loadModelAs(model.id, { roles: [] }) }]),
    { id: 'compare', label: 'Compare with others', icon: Columns3, run: () => compareWith(modelKey(model.id)) },
    'separator',
    ...modelRoles.filter(role => canHave(model, role)).map(give),
    'separator',
    { id: 'pack', label: 'Write to a USB pack', icon: HardDriveUpload, run: () => openModelsDialog({ kind: 'pack', id: model.id }) },
    ...(model.isStarter ? [] : [{ id: 'remove', label: 'Take off the list', icon: X, run: () => void removeModel(model.id) }]),
    ...(!model.isStarter && isOwn(model.path, folder) ? [{ id: 'delete', label: 'Delete its files', icon: Trash2, isDanger: true, run: () => void deleteFiles(model).catch(reportFailure) }] : []),
  ]
}

function RowActions({ row }: { row: Row }) {
  const { model, resident } = row
  const folder = useModelsView(state => state.library?.modelsFolder)
  const isAsked = useLoads(state => state.running[model.id] !== undefined)
  return (
    <span className="flex items-center justify-end gap-1">
      {resident && <span className={`tabular px-2 ${resident.status === 'ready' ? toneClass.muted : `${toneClass[resident.status === 'failed' ? 'error' : 'muted']} @max-[560px]:sr-only`}`}>{loadedWords(resident)}</span>}
      {resident?.status === 'loading' ? (
        <Button size="small" aria-label={`Cancel the load of ${model.name}`} onClick={() => void unloadModelOf(model.id).catch(reportFailure)}>
          Cancel
        </Button>
      ) : isUp(resident) ? null : (
        <Button size="small" disabled={isAsked} aria-label={`Load ${model.name}`} onClick={() => void loadModelAs(model.id)}>
          {isAsked ? 'Loading' : 'Load'}
        </Button>
      )}
      <Menu align="end" entries={menuOf(row, folder)}>
        <IconButton icon={Ellipsis} label={`Actions for ${model.name}`} />
      </Menu>
    </span>
  )
}

const wide = '@max-[900px]:hidden'
const columns: readonly Column<Row>[] = [
  {
    id: 'model',
    title: 'Model',
    cell: ({ model }) => (
      <button type="button" title={model.path} className="block max-w-70 truncate rounded-small @max-[400px]:max-w-30 text-left hover:underline" onClick={() => openModelsDialog({ kind: 'model', id: model.id })}>
        {model.name}
      </button>
    ),
  },
  { id: 'role', title: 'Role', cell: ({ roles }) => <RoleTags roles={roles} />, className: '@max-[560px]:hidden' },
  { id: 'uses', title: 'Can', cell: ({ model }) => usesWords(model), className: '@max-[760px]:hidden' },
  { id: 'weights', title: 'Weights', isNumeric: true, cell: ({ model }) => weightWords(model.parameters), className: wide },
  { id: 'quantization', title: 'Quantization', cell: ({ model }) => model.quantization, className: '@max-[560px]:hidden' },
  { id: 'context', title: 'Context', isNumeric: true, cell: ({ model }) => contextWords(model.contextLength).replace(' tokens', ''), className: wide },
  { id: 'size', title: 'Size', isNumeric: true, tone: 'plain', cell: ({ model }) => sizeWords(model.sizeBytes), className: '@max-[400px]:hidden' },
  { id: 'source', title: 'From', cell: ({ model }) => sourceWords(model.source), className: wide },
  { id: 'actions', title: 'Actions', isTitleHidden: true, isNumeric: true, cell: row => <RowActions row={row} /> },
]
