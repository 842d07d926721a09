import { useEffect, useState } from 'react'
import type { ModelDetails } from '#shared/contract/library.ts'
import type { Model } from '#shared/contract/models.ts'
import { servedNameOf } from '#shared/served-names.ts'
import { sizeWords } from '#shared/size-words.ts'
import { client } from '../../rpc/client.ts'
import { useEngine } from '../../rpc/engine.ts'
import { DataTable, type Column } from '../../ui/data-table.tsx'
import { FactList, type Fact } from '../../ui/fact-list.tsx'
import { LoadingState } from '../../ui/states.tsx'
import { FailureNote } from './failure-note.tsx'
import { expectedWords, fitSentence } from './fit-words.ts'
import { contextWords, weightWords } from './model-words.ts'

/** What the header of its file says, and what is kept of where it came from. */
export function ModelFacts({ model }: { model: Model }) {
  const [details, setDetails] = useState<ModelDetails | null>(null)
  const [failure, setFailure] = useState<unknown>(null)
  const servedName = useEngine(({ models }) => servedNameOf(model.id, models))
  useEffect(() => {
    const stop = new AbortController()
    client.library.details({ modelId: model.id }, { signal: stop.signal }).then(setDetails, (error: unknown) => !stop.signal.aborted && setFailure(error))
    return () => stop.abort()
  }, [model.id])
  if (failure !== null) return <FailureNote failure={failure} />
  if (!details) return <LoadingState text="Reading the header" />
  return (
    <div className="flex flex-col gap-3">
      <FactList facts={factsOf(details, servedName)} />
      <p className="text-12 text-muted">{fitSentence(details.fit)}</p>
      {details.chatTemplate !== null && (
        <details className="text-12">
          <summary className="w-fit rounded-small text-muted">Chat template</summary>
          <pre tabIndex={0} aria-label="Chat template" className="scroll-shown mt-1 max-h-60 overflow-auto rounded-control border border-line bg-surface-2 p-2 text-11 whitespace-pre-wrap [overflow-wrap:anywhere]">
            {details.chatTemplate}
          </pre>
        </details>
      )}
      <details className="text-12">
        <summary className="w-fit rounded-small text-muted">Every key of the header, {details.metadata.length}</summary>
        <div className="mt-1">
          <DataTable label="Keys of the header" columns={keyColumns} rows={details.metadata} rowKey={({ key }) => key} emptyText="It has none." maxHeight={300} />
        </div>
      </details>
    </div>
  )
}

const keyColumns: readonly Column<ModelDetails['metadata'][number]>[] = [
  { id: 'key', title: 'Key', isMonospaced: true, cell: ({ key }) => key, wraps: true },
  { id: 'type', title: 'Type', cell: ({ type }) => type },
  { id: 'value', title: 'Value', isMonospaced: true, cell: ({ value }) => value, wraps: true },
]

const known = (value: number | string | null): string => (value === null ? 'not said' : typeof value === 'number' ? value.toLocaleString('en-US') : value)

function factsOf(details: ModelDetails, servedName: string): Fact[] {
  const { origin } = details
  return [
    { label: 'Name on the server', value: <span className="font-mono text-11 [overflow-wrap:anywhere]">{servedName}</span>, title: 'What other programs put into the field “model”' },
    { label: 'Architecture', value: details.architecture },
    { label: 'Weights', value: weightWords(details.parameters) },
    { label: 'Quantization', value: `${details.quantization}: ${details.tensorTypes.map(({ type, bytes }) => `${type} ${sizeWords(bytes)}`).join(', ')}` },
    { label: 'Trained for a context of', value: details.contextLength === null ? 'not said' : contextWords(details.contextLength) },
    { label: 'Layers', value: known(details.layers) },
    { label: 'Width', value: known(details.embeddingLength) },
    { label: 'Attention heads', value: details.keyValueHeads === null ? known(details.attentionHeads) : `${known(details.attentionHeads)}, ${known(details.keyValueHeads)} for keys and values` },
    { label: 'Tokenizer', value: details.vocabularySize === null ? known(details.tokenizer) : `${known(details.tokenizer)}, ${known(details.vocabularySize)} tokens` },
    { label: 'Chat template', value: details.chatTemplate === null ? 'none' : 'in the file' },
    { label: 'Licence', value: details.licence ?? 'not said in the file' },
    { label: 'Estimated speed here', value: expectedWords(details.fit) },
    { label: 'File', value: details.files.length > 1 ? `${details.files.length} parts, ${sizeWords(details.sizeBytes)}` : sizeWords(details.sizeBytes), title: details.files.join('\n') },
    { label: 'Path', value: <span className="font-mono text-11 [overflow-wrap:anywhere]">{details.path}</span> },
    ...(origin === null ? [] : [{ label: 'Came from', value: origin.label }]),
    ...(origin?.sha256 ? [{ label: origin.isHashConfirmed ? 'SHA-256, as published' : 'SHA-256, of what came', value: <span className="font-mono text-11 [overflow-wrap:anywhere]">{origin.sha256}</span> }] : []),
  ]
}
