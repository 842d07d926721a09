import type { ComparedModel } from '#shared/contract/library.ts'
import { Button } from '../../ui/button.tsx'
import { DataTable, type Column } from '../../ui/data-table.tsx'
import { Progress } from '../../ui/progress.tsx'
import { toneClass } from '../../ui/tone.tsx'
import { whenText } from '../../ui/when.ts'
import type { Benchmarking } from './benchmarking.ts'
import { compareRows, type CompareRow } from './compare-words.ts'

interface Measuring {
  running: Benchmarking['running']
  onMeasure: (model: ComparedModel) => void
  onCancel: () => void
}

/** A column for each model. Where they need more room than there is, it scrolls and keeps the names of models and rows in view. */
export function CompareTable({ models, ...measuring }: { models: readonly ComparedModel[] } & Measuring) {
  const columns: Column<CompareRow>[] = [
    { id: 'label', title: 'What is compared', isTitleHidden: true, tone: 'muted', className: 'sticky left-0 in-[thead]:z-2 bg-overlay', cell: ({ label }) => label },
    ...models.map(
      (model, place): Column<CompareRow> => ({
        id: `${model.modelId ?? model.entryId ?? ''} ${model.quantization}`,
        title: `${model.name}, ${model.quantization}`,
        tone: row => row.cells[place]?.tone ?? 'muted',
        wraps: true,
        cell: row => <Cell row={row} place={place} model={model} measuring={measuring} />,
      }),
    ),
  ]
  return <DataTable label="Compared models" columns={columns} rows={compareRows(models)} rowKey={({ id }) => id} emptyText="" isFilling />
}

function Cell({ row, place, model, measuring: { running, onMeasure, onCancel } }: { row: CompareRow; place: number; model: ComparedModel; measuring: Measuring }) {
  const cell = row.cells[place]
  if (!cell) return null
  if (row.id !== 'measured' || model.modelId === null) return <span title={cell.title}>{cell.text}</span>
  const { benchmark, name } = model
  if (running?.modelId === model.modelId) {
    return (
      <span className="flex items-center gap-2">
        <Progress label={`Measuring ${name}`} ratio={running.ratio} className="w-16" />
        <Button size="small" aria-label={`Cancel measuring ${name}`} onClick={onCancel}>
          Cancel
        </Button>
      </span>
    )
  }
  return (
    <span className="flex flex-col items-start gap-1.5">
      {benchmark ? (
        <span>
          {whenText(benchmark.measuredAt)}
          <span className={`block ${toneClass.muted}`}>{cell.text}</span>
        </span>
      ) : (
        cell.text
      )}
      <Button size="small" disabled={running !== null} aria-label={`${benchmark ? 'Measure again' : 'Measure'}: ${name}, ${model.quantization}`} onClick={() => onMeasure(model)}>
        {benchmark ? 'Measure again' : 'Measure'}
      </Button>
    </span>
  )
}
