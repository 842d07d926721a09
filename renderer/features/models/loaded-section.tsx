import { Ellipsis, Pin, PinOff, SlidersHorizontal } from 'lucide-react'
import { modelRoles, type Model, type Resident } from '#shared/contract/models.ts'
import { client } from '../../rpc/client.ts'
import { useEngine } from '../../rpc/engine.ts'
import { reportFailure } from '../../shell/report-failure.ts'
import { Button } from '../../ui/button.tsx'
import { DataTable, type Column } from '../../ui/data-table.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { Menu } from '../../ui/menu.tsx'
import { Progress } from '../../ui/progress.tsx'
import { Section } from '../../ui/section.tsx'
import { LoadingState } from '../../ui/states.tsx'
import { useHistory } from './activity-history.ts'
import { unloadModelOf } from './load-model-as.ts'
import { LoadProblems } from './load-problems.tsx'
import { MeasuringNote } from './measuring-note.tsx'
import { RoleTags } from './role-tags.tsx'
import { heldWords } from './memory-bar.ts'
import { openModelsDialog } from './models-view-store.ts'
import { speedWords } from './model-words.ts'
import { narrowPlanWords, residentPlanWords } from './plan-words.ts'
import { activityWords, guessWords, paceWords } from './resident-words.ts'
import { SparkLine, sparkWords } from './spark-line.tsx'

interface Row {
  resident: Resident
  model: Model | null
  name: string
  roles: readonly (typeof modelRoles)[number][]
  /** Its memory, in words. */
  held: string
}

/** Every model that has a process of its own, and what it does. */
export function LoadedSection() {
  const { engine, models, residents, roles, budget } = useEngine()
  const rows = residents.map(resident => {
    const model = models.find(({ id }) => id === resident.modelId) ?? null
    return { resident, model, name: model?.name ?? 'A model', roles: modelRoles.filter(role => roles[role] === resident.modelId), held: heldWords(resident, budget) }
  })
  return (
    <Section id="models-loaded" title="Loaded">
      {engine === null ? (
        <LoadingState text="Asking for the models" />
      ) : (
        <>
          <DataTable label="Loaded models" columns={columns} rows={rows} rowKey={row => row.resident.process} emptyText="None. A model is loaded when it is first asked, or with its Load button below." />
          <LoadProblems />
          <MeasuringNote />
        </>
      )}
    </Section>
  )
}

function Speed({ row: { resident, name } }: { row: Row }) {
  const isOfTexts = typeof resident.activity.textsPerSecond === 'number'
  const values = useHistory(({ history }) => history[resident.modelId])?.map(sample => (isOfTexts ? sample.textsPerSecond : sample.tokensPerSecond)) ?? []
  return <SparkLine label={sparkWords(`${isOfTexts ? 'Texts/s' : 'Tokens/s'} of ${name}`, values, speedWords)} values={values} />
}

function Plan({ row: { resident } }: { row: Row }) {
  const guesses = guessWords(resident)
  return (
    <>
      {residentPlanWords(resident)}
      {guesses !== null && <span className="block">{guesses}</span>}
    </>
  )
}

function Status({ row: { resident, name } }: { row: Row }) {
  if (resident.status !== 'loading') return activityWords(resident)
  return (
    <span className="flex items-center gap-2">
      <Progress label={`Loading ${name}`} ratio={resident.ratio} className="w-12" />
      {Math.round(resident.ratio * 100)} %
    </span>
  )
}

function RowActions({ row: { resident, name } }: { row: Row }) {
  const { modelId, isPinned } = resident
  return (
    <span className="flex items-center justify-end gap-1">
      <Button size="small" aria-label={`${resident.status === 'loading' ? 'Cancel loading' : 'Unload'} ${name}`} onClick={() => void unloadModelOf(modelId).catch(reportFailure)}>
        {resident.status === 'loading' ? 'Cancel' : 'Unload'}
      </Button>
      <Menu
        align="end"
        entries={[
          { id: 'pin', label: isPinned ? 'Let go when memory is needed' : 'Keep loaded', icon: isPinned ? PinOff : Pin, run: () => void client.models.pin({ id: modelId, isPinned: !isPinned }).catch(reportFailure) },
          { id: 'details', label: 'Details and options', icon: SlidersHorizontal, run: () => openModelsDialog({ kind: 'model', id: modelId }) },
        ]}
      >
        <IconButton icon={Ellipsis} label={`Actions for the loaded ${name}`} />
      </Menu>
    </span>
  )
}

/** Where there is no room for the columns of the plan, it stands under the name. */
const wide = '@max-[940px]:hidden'
const columns: readonly Column<Row>[] = [
  {
    id: 'model',
    title: 'Model',
    cell: ({ model, name, resident }) => (
      <span className="block max-w-64 @max-[700px]:max-w-48 @max-[560px]:max-w-40 @max-[400px]:max-w-30">
        <button type="button" disabled={model === null} title={model?.path} className="block max-w-full truncate rounded-small text-left hover:underline" onClick={() => openModelsDialog({ kind: 'model', id: resident.modelId })}>
          {name}
        </button>
        <span className="block whitespace-normal text-muted @min-[940px]:hidden">
          {narrowPlanWords(resident)}
        </span>
      </span>
    ),
  },
  { id: 'role', title: 'Role', cell: ({ roles }) => <RoleTags roles={roles} />, className: '@max-[460px]:hidden' },
  { id: 'plan', title: 'Plan', cell: row => <Plan row={row} />, wraps: true, className: wide },
  { id: 'context', title: 'Context', isNumeric: true, tone: 'plain', cell: ({ resident: { facts, plan } }) => (facts?.contextTokens ?? plan?.contextTokens)?.toLocaleString('en-US') ?? '–', className: wide },
  { id: 'memory', title: 'Memory in use', isNumeric: true, tone: 'plain', cell: ({ held }) => <span title="In use now, of what is set aside for it">{held}</span>, className: '@max-[560px]:hidden' },
  { id: 'prefill', title: 'Prefill t/s', isNumeric: true, tone: 'plain', cell: ({ resident }) => speedWords(resident.activity.prefillTokensPerSecond), className: wide },
  { id: 'speed', title: 'Tokens/s', isNumeric: true, tone: 'plain', cell: ({ resident }) => paceWords(resident.activity), className: '@max-[460px]:hidden' },
  { id: 'minute', title: 'Last minute', cell: row => <Speed row={row} />, className: wide },
  { id: 'status', title: 'Now', cell: row => <Status row={row} />, tone: ({ resident }) => (resident.status === 'failed' ? 'error' : resident.status === 'restarting' ? 'warn' : 'muted'), className: '@max-[400px]:hidden' },
  { id: 'actions', title: 'Actions', isTitleHidden: true, isNumeric: true, cell: row => <RowActions row={row} /> },
]
