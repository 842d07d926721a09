import { useEffect, useRef, useState } from 'react'
import type { BenchmarkEvent, Model } from '#shared/contract/models.ts'
import { client } from '../../rpc/client.ts'
import { Button } from '../../ui/button.tsx'
import { FactList, type Fact } from '../../ui/fact-list.tsx'
import { Progress } from '../../ui/progress.tsx'
import { FailureNote } from './failure-note.tsx'
import { speedWords } from './model-words.ts'

type Result = Extract<BenchmarkEvent, { type: 'benchmark-end' }>

/** Measures the model on this machine. Nothing but what was measured here is shown. */
export function BenchmarkPanel({ model }: { model: Model }) {
  const [ratio, setRatio] = useState<number | null>(null)
  const [result, setResult] = useState<Result | null>(null)
  const [failure, setFailure] = useState<unknown>(null)
  const stop = useRef<AbortController | null>(null)
  useEffect(() => () => stop.current?.abort(), [])
  async function run(): Promise<void> {
    const own = new AbortController()
    stop.current = own
    setRatio(0)
    setResult(null)
    setFailure(null)
    try {
      const promptTokens = Math.min(512, Math.max(16, Math.floor(model.contextLength / 4)))
      for await (const event of await client.models.benchmark({ id: model.id, promptTokens }, { signal: own.signal })) {
        if (event.type === 'benchmark-progress') setRatio(event.total === 0 ? 0 : event.done / event.total)
        else setResult(event)
      }
    } catch (error) {
      if (!own.signal.aborted) setFailure(error)
    } finally {
      if (stop.current === own) setRatio(null)
    }
  }
  return (
    <div className="flex flex-col gap-3">
      <p className="text-12 text-muted">Reads a prompt that is not in memory and writes an answer, three times; what is shown are the medians. The model is loaded where it is not, and other answers wait.</p>
      {ratio === null ? (
        <Button className="w-fit" onClick={() => void run()}>
          {result === null ? 'Run the benchmark' : 'Run it again'}
        </Button>
      ) : (
        <div className="flex items-center gap-3">
          <Progress label="Benchmark" ratio={ratio} className="w-52" />
          <Button
            size="small"
            onClick={() => {
              stop.current?.abort()
              setRatio(null)
            }}
          >
            Cancel
          </Button>
        </div>
      )}
      {failure !== null && <FailureNote failure={failure} />}
      <div role="status">{result && <FactList facts={resultFacts(result)} />}</div>
    </div>
  )
}

function resultFacts({ prefillTokensPerSecond, tokensPerSecond, firstTokenMilliseconds, embeddingTokensPerSecond, promptTokens, tokens, rounds, threads, device }: Result): Fact[] {
  const speed = (label: string, value: number | null): Fact[] => (value === null ? [] : [{ label, value: `${speedWords(value)} tokens/s` }])
  return [
    ...speed('Reading a prompt', prefillTokensPerSecond),
    ...speed('Writing', tokensPerSecond),
    ...(firstTokenMilliseconds === null ? [] : [{ label: 'First token after', value: `${Math.round(firstTokenMilliseconds).toLocaleString('en-US')} ms` }]),
    ...speed('Making vectors', embeddingTokensPerSecond),
    { label: 'Measured with', value: `${promptTokens} tokens read, ${tokens} written, ${rounds} ${rounds === 1 ? 'round' : 'rounds'}` },
    { label: 'On', value: device === 'cpu' ? `the processor, ${threads} ${threads === 1 ? 'thread' : 'threads'}` : device },
  ]
}
