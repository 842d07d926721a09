import { ChevronLeft, ChevronRight } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { Tensor } from '#shared/contract/library.ts'
import type { Model } from '#shared/contract/models.ts'
import { sizeWords } from '#shared/size-words.ts'
import { client } from '../../rpc/client.ts'
import { DataTable, type Column } from '../../ui/data-table.tsx'
import { Field } from '../../ui/field.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { LoadingState } from '../../ui/states.tsx'
import { FailureNote } from './failure-note.tsx'

const pageLength = 100

/** The tensors of the file, a page at a time. */
export function TensorsPanel({ model }: { model: Model }) {
  const [contains, setContains] = useState('')
  const [offset, setOffset] = useState(0)
  const [page, setPage] = useState<{ tensors: Tensor[]; total: number } | null>(null)
  const [failure, setFailure] = useState<unknown>(null)
  useEffect(() => {
    const stop = new AbortController()
    client.library.tensors({ path: model.path, offset, limit: pageLength, contains: contains.trim() }, { signal: stop.signal }).then(setPage, (error: unknown) => !stop.signal.aborted && setFailure(error))
    return () => stop.abort()
  }, [model.path, offset, contains])
  if (failure !== null) return <FailureNote failure={failure} />
  if (!page) return <LoadingState text="Reading the tensors" />
  const last = Math.min(offset + pageLength, page.total)
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-2">
        <Field
          label="Search tensors"
          isLabelHidden
          placeholder="Search"
          value={contains}
          className="w-52"
          onChange={event => {
            setContains(event.target.value)
            setOffset(0)
          }}
        />
        <span className="flex-1" />
        <span role="status" className="tabular text-12 text-muted">
          {page.total === 0 ? 'none' : `${(offset + 1).toLocaleString('en-US')} to ${last.toLocaleString('en-US')} of ${page.total.toLocaleString('en-US')}`}
        </span>
        <IconButton icon={ChevronLeft} label="Earlier tensors" disabled={offset === 0} onClick={() => setOffset(Math.max(0, offset - pageLength))} />
        <IconButton icon={ChevronRight} label="Later tensors" disabled={last >= page.total} onClick={() => setOffset(offset + pageLength)} />
      </div>
      <DataTable label="Tensors" columns={columns} rows={page.tensors} rowKey={({ name }) => name} emptyText="No tensor has this in its name." maxHeight={340} />
    </div>
  )
}

const columns: readonly Column<Tensor>[] = [
  { id: 'name', title: 'Name', isMonospaced: true, cell: ({ name }) => name },
  { id: 'type', title: 'Type', cell: ({ type }) => type },
  { id: 'shape', title: 'Shape', isNumeric: true, cell: ({ dimensions }) => dimensions.map(size => size.toLocaleString('en-US')).join(' × ') },
  { id: 'size', title: 'Size', isNumeric: true, cell: ({ bytes }) => sizeWords(bytes) },
]
