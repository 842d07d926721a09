import { useEffect, useState } from 'react'
import type { Benchmark, Model } from '#shared/contract/models.ts'
import { client } from '../../rpc/client.ts'
import { useEngine } from '../../rpc/engine.ts'
import { Button } from '../../ui/button.tsx'
import { FactList, type Fact } from '../../ui/fact-list.tsx'
import { Progress } from '../../ui/progress.tsx'
import { whenText } from '../../ui/when.ts'
import { cancelMeasuring, measureModel, useBenchmarking } from './benchmarking.ts'
import { measuredWith } from './compare-words.ts'
import { FailureNote } from './failure-note.tsx'
import { speedWords } from './model-words.ts'

/** Measures the model on this machine, and shows what was measured last. Nothing but what was measured here is shown. */
export function BenchmarkPanel({ model }: { model: Model }) {
  const { running, failure } = useBenchmarking()
  const isOther = running !== null && running.modelId !== model.id
  const other = useEngine(state => state.models.find(({ id }) => id === running?.modelId)?.name ?? 'Another model')
  const [result, setResult] = useState<Benchmark | null>(null)
  const changes = useEngine(state => state.optionChanges)
  useEffect(() => {
    const stop = new AbortController()
    // What was kept is more than can be asked for: without it there is still the button.
    client.models.benchmarks(undefined, { signal: stop.signal }).then(
      kept => setResult(before => kept.find(({ modelId }) => modelId === model.id) ?? before),
      () => undefined,
    )
    return () => stop.abort()
  }, [model.id, changes])
  return (
    <div className="flex flex-col gap-3">
      <p className="text-12 text-muted">Reads a prompt that is not in memory and writes an answer, three times; what is shown are the medians. The model is loaded where it is not, and other answers wait. It goes on when this is closed, and the last result is kept.</p>
      {running === null || isOther ? (
        <div className="flex flex-wrap items-center gap-3">
          <Button className="w-fit" disabled={isOther} onClick={() => void measureModel(model)}>
            {result === null ? 'Run the benchmark' : 'Run it again'}
          </Button>
          {isOther && <span className="text-12 text-muted">{other} is measured first.</span>}
        </div>
      ) : (
        <div className="flex items-center gap-3">
          <Progress label="Benchmark" ratio={running.ratio} className="w-52" />
          <Button size="small" onClick={cancelMeasuring}>
            Cancel
          </Button>
        </div>
      )}
      {failure?.modelId === model.id && <FailureNote failure={failure.error} />}
      <div role="status">{result && <FactList facts={resultFacts(result)} />}</div>
    </div>
  )
}

function resultFacts(result: Benchmark): Fact[] {
  const { prefillTokensPerSecond, tokensPerSecond, firstTokenMilliseconds, embeddingTokensPerSecond, promptTokens, tokens, rounds, measuredAt } = result
  const speed = (label: string, value: number | null): Fact[] => (value === null ? [] : [{ label, value: `${speedWords(value)} tokens/s` }])
  return [
    ...speed('Reading a prompt', prefillTokensPerSecond),
    ...speed('Writing', tokensPerSecond),
    ...(firstTokenMilliseconds === null ? [] : [{ label: 'First token after', value: `${Math.round(firstTokenMilliseconds).toLocaleString('en-US')} ms` }]),
    ...speed('Making vectors', embeddingTokensPerSecond),
    { label: 'Measured', value: whenText(measuredAt) },
    { label: 'Measured with', value: `${promptTokens} tokens read, ${tokens} written, ${rounds} ${rounds === 1 ? 'round' : 'rounds'}` },
    { label: 'Loaded with', value: measuredWith(result) },
  ]
}
