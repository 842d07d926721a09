import { useEffect, useState } from 'react'
import type { FoundModel, ScanEvent } from '#shared/contract/library.ts'
import { sizeWords } from '#shared/size-words.ts'
import { client } from '../../rpc/client.ts'
import { errorWords } from '../../shell/error-words.ts'
import { reportFailure } from '../../shell/report-failure.ts'
import { Button } from '../../ui/button.tsx'
import { DataTable, type Column } from '../../ui/data-table.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { FailureNote } from './failure-note.tsx'
import { sourceWords } from './model-words.ts'
import { openModelsDialog } from './models-view-store.ts'

type ScanEnd = Extract<ScanEvent, { type: 'scan-end' }>

/** Models that other programs keep on this machine. "Use" puts one on the list; nothing is copied. */
export function FoundDialog() {
  const [found, setFound] = useState<readonly FoundModel[]>([])
  const [end, setEnd] = useState<ScanEnd | null>(null)
  const [failure, setFailure] = useState<unknown>(null)
  useEffect(() => {
    const stop = new AbortController()
    scan(stop.signal, setFound, setEnd).catch((error: unknown) => !stop.signal.aborted && setFailure(error))
    return () => stop.abort()
  }, [])
  const isSettled = end !== null || failure !== null
  async function use(models: readonly FoundModel[]): Promise<void> {
    const { added, skipped } = await client.library.add({ paths: models.map(({ path }) => path) })
    setFound(before => before.map(one => ({ ...one, modelId: added.find(({ path }) => path === one.path)?.id ?? one.modelId, error: skipped.find(({ path }) => path === one.path)?.error ?? one.error })))
  }
  const addable = found.filter(({ modelId, error }) => modelId === null && error === null)
  const columns: readonly Column<FoundModel>[] = [
    { id: 'name', title: 'Model', cell: ({ name, path }) => <span title={path}>{name}</span>, wraps: true },
    { id: 'source', title: 'In', cell: ({ source }) => sourceWords(source) },
    { id: 'kind', title: 'Kind', cell: ({ summary, error }) => (error ? errorWords(error).what : summary ? `${summary.architecture}, ${summary.quantization}` : 'not known'), tone: ({ error }) => (error ? 'warn' : 'muted'), wraps: true },
    { id: 'size', title: 'Size', isNumeric: true, cell: ({ sizeBytes }) => sizeWords(sizeBytes) },
    {
      id: 'use',
      title: 'Actions',
      isTitleHidden: true,
      isNumeric: true,
      cell: model =>
        model.modelId !== null ? (
          'on the list'
        ) : (
          model.error === null && (
            <Button size="small" aria-label={`Use ${model.name}`} onClick={() => void use([model]).catch(reportFailure)}>
              Use
            </Button>
          )
        ),
    },
  ]
  return (
    <Dialog
      isOpen
      onClose={() => openModelsDialog(null)}
      width={680}
      title="Models of other programs"
      description="Looked for in the stores of Ollama and LM Studio and in the Hugging Face cache. Files stay where they are."
      footer={addable.length > 1 && <Button onClick={() => void use(addable).catch(reportFailure)}>Use all {addable.length}</Button>}
    >
      {failure !== null && <FailureNote failure={failure} />}
      <DataTable label="Models of other programs" columns={columns} rows={found} rowKey={({ path }) => path} emptyText={isSettled ? 'None were found.' : ''} maxHeight={360} />
      <p role="status" className="mt-2 text-12 text-muted">
        {isSettled ? (end ? storesWords(end) : '') : `Looking; ${found.length} so far`}
      </p>
    </Dialog>
  )
}

async function scan(signal: AbortSignal, show: (add: (before: readonly FoundModel[]) => readonly FoundModel[]) => void, end: (event: ScanEnd) => void): Promise<void> {
  show(() => [])
  for await (const event of await client.library.scan({}, { signal })) {
    if (signal.aborted) return
    if (event.type === 'found') show(before => [...before, event.model])
    else end(event)
  }
}

function storesWords({ stores }: ScanEnd): string {
  const missing = stores.filter(({ isThere }) => !isThere).map(({ path }) => path)
  return missing.length === 0 ? '' : `Not there: ${missing.join(', ')}.`
}
