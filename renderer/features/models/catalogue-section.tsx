import { Check, TriangleAlert } from 'lucide-react'
import { useMemo, useState } from 'react'
import { sizeWords } from '#shared/size-words.ts'
import { ErrorState } from '../../shell/error-state.tsx'
import { Button } from '../../ui/button.tsx'
import { DataTable, type Column } from '../../ui/data-table.tsx'
import { Field } from '../../ui/field.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Progress } from '../../ui/progress.tsx'
import { Section } from '../../ui/section.tsx'
import { Select } from '../../ui/select.tsx'
import { LoadingState } from '../../ui/states.tsx'
import { toneClass } from '../../ui/tone.tsx'
import { askForDownload } from './ask-for-download.ts'
import { catalogueRows, licenceNote, licenceWords, noFilter, type CatalogueFilter, type CatalogueRow } from './catalogue-rows.ts'
import { progressRatio, progressWords } from './download-words.ts'
import { diskWords, expectedWords, fitWords } from './fit-words.ts'
import { loadModelAs } from './load-model-as.ts'
import { MeasureButton } from './measure-button.tsx'
import { openModelsDialog, useModelsView } from './models-view-store.ts'

const uses: readonly { value: CatalogueFilter['use']; label: string }[] = [
  { value: 'any', label: 'For anything' },
  { value: 'chat', label: 'Chat' },
  { value: 'completion', label: 'Completion' },
  { value: 'embedding', label: 'Embedding' },
  { value: 'rerank', label: 'Rerank' },
]
const fits: readonly { value: CatalogueFilter['fits']; label: string }[] = [
  { value: 'any', label: 'Any size' },
  { value: 'fits', label: 'Fits here' },
]
/** Shown before a person asks for all. */
const firstRows = 12

/** What could be here: whether it would run, how fast, under which licence. It ships with Cortex; nothing is asked of anybody to show it. */
export function CatalogueSection() {
  const { library, libraryFailure, hardware } = useModelsView()
  const [filter, setFilter] = useState(noFilter)
  const [isWhole, setWhole] = useState(false)
  const rows = useMemo(() => catalogueRows(library?.catalogue ?? [], filter), [library, filter])
  const change = (part: Partial<CatalogueFilter>): void => setFilter(before => ({ ...before, ...part }))
  return (
    <Section id="models-catalogue" title="Catalogue">
      {libraryFailure !== null ? (
        <ErrorState error={libraryFailure} />
      ) : library === null ? (
        <LoadingState text="Reading the catalogue" />
      ) : (
        <>
          <div className="mb-3 flex flex-wrap gap-2">
            <Field label="Search the catalogue" isLabelHidden placeholder="Search" value={filter.query} onChange={event => change({ query: event.target.value })} className="w-44 @max-[560px]:w-full" />
            <Select label="What it is for" isLabelHidden value={filter.use} options={uses} onChange={use => change({ use })} />
            <Select label="What fits" isLabelHidden value={filter.fits} options={fits} onChange={next => change({ fits: next })} />
          </div>
          <DataTable label="Catalogue" columns={columns} rows={isWhole ? rows : rows.slice(0, firstRows)} rowKey={row => row.key} emptyText="No model of the catalogue is like this." />
          <div className="mt-2 flex flex-wrap items-center gap-x-4 gap-y-2 text-12 text-muted">
            {rows.length > firstRows && (
              <Button size="small" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
                {isWhole ? `Show the first ${firstRows}` : `Show all ${rows.length}`}
              </Button>
            )}
            <span className="tabular">
              {library.freeDiskBytes !== null && `${sizeWords(library.freeDiskBytes)} free on the disk of ${library.modelsFolder}. `}
              {hardware && hardware.bandwidth === null && 'Speeds are estimated once this machine was measured.'}
            </span>
            {hardware && hardware.bandwidth === null && <MeasureButton />}
          </div>
        </>
      )}
    </Section>
  )
}

function FitCell({ row: { file } }: { row: CatalogueRow }) {
  const { text, tone } = fitWords(file.fit)
  return (
    <span className="inline-flex items-center gap-1.25">
      {tone === 'ok' && <Icon icon={Check} size={14} className="text-accent" />}
      {tone === 'warn' && <Icon icon={TriangleAlert} size={14} />}
      <span className={toneClass[tone === 'ok' ? 'muted' : tone]}>{text}</span>
    </span>
  )
}

function Action({ row: { entry, file } }: { row: CatalogueRow }) {
  const download = useModelsView(({ downloads }) => downloads?.find(({ id }) => id === file.downloadId) ?? null)
  const name = `${entry.name}, ${file.quantization}`
  const { modelId } = file
  if (modelId !== null) {
    return (
      <Button size="small" aria-label={`Load ${name}`} onClick={() => void loadModelAs(modelId)}>
        Load
      </Button>
    )
  }
  if (download && (download.status === 'queued' || download.status === 'running' || download.status === 'checking')) {
    return (
      <span className="inline-flex items-center gap-2">
        <Progress label={`Download of ${name}`} ratio={progressRatio(download) ?? 0} className="w-16" />
        <span className="sr-only">{progressWords(download)}</span>
        <span aria-hidden className="tabular text-muted">
          {Math.round((progressRatio(download) ?? 0) * 100)} %
        </span>
      </span>
    )
  }
  if (file.fit.verdict === 'too-big') {
    return (
      <Button size="small" variant="quiet" aria-label={`Why ${name} does not fit`} onClick={() => openModelsDialog({ kind: 'entry', entryId: entry.id, quantization: file.quantization })}>
        Why
      </Button>
    )
  }
  return (
    <Button size="small" aria-label={`Download ${name}`} onClick={() => askForDownload.start({ kind: 'catalogue', entryId: entry.id, quantization: file.quantization }, { note: licenceNote(entry) })}>
      Download
    </Button>
  )
}

const wide = '@max-[900px]:hidden'
const columns: readonly Column<CatalogueRow>[] = [
  {
    id: 'model',
    title: 'Model',
    cell: ({ entry, file }) => (
      <span className="block max-w-75 @max-[400px]:max-w-36">
        <button type="button" title={`${entry.name}, ${file.quantization}`} className="block max-w-full truncate rounded-small text-left hover:underline" onClick={() => openModelsDialog({ kind: 'entry', entryId: entry.id, quantization: file.quantization })}>
          {entry.name}, {file.quantization}
        </button>
        <span className="block text-muted @min-[560px]:hidden [overflow-wrap:anywhere] whitespace-normal">
          {diskWords(file).text}, {fitWords(file.fit).text}
        </span>
        {!entry.licence.isPermissive && (
          <span title={licenceNote(entry) ?? undefined} className="block text-warn @min-[900px]:hidden [overflow-wrap:anywhere] whitespace-normal">
            Licence: {licenceWords(entry.licence)}
          </span>
        )}
      </span>
    ),
  },
  { id: 'uses', title: 'For', cell: ({ entry }) => entry.uses.join(', '), className: wide },
  { id: 'size', title: 'Size', isNumeric: true, cell: ({ file }) => diskWords(file).text, tone: ({ file }) => diskWords(file).tone, className: '@max-[560px]:hidden' },
  { id: 'fit', title: 'On this machine', cell: row => <FitCell row={row} />, className: '@max-[560px]:hidden' },
  { id: 'speed', title: 'Estimated speed', isNumeric: true, cell: ({ file }) => expectedWords(file.fit), tone: ({ file }) => (file.fit.tokensPerSecond === null ? 'muted' : 'plain'), className: '@max-[760px]:hidden' },
  { id: 'licence', title: 'Licence', cell: ({ entry }) => <span title={licenceNote(entry) ?? undefined}>{licenceWords(entry.licence)}</span>, tone: ({ entry }) => (entry.licence.isPermissive ? 'muted' : 'warn'), className: wide },
  { id: 'actions', title: 'Actions', isTitleHidden: true, isNumeric: true, cell: row => <Action row={row} /> },
]
