import { sizeWords } from '#shared/size-words.ts'
import { Section } from '../../ui/section.tsx'
import { totals, useHistory, type Figure } from './activity-history.ts'
import { speedWords } from './model-words.ts'
import { SparkLine, sparkWords } from './spark-line.tsx'

const count = (value: number): string => String(Math.round(value))
const charts: readonly { figure: Figure; title: string; show: (value: number) => string; atLeast: number; isShownWhereNone?: boolean }[] = [
  { figure: 'tokensPerSecond', title: 'Tokens/s', show: speedWords, atLeast: 1 },
  { figure: 'prefillTokensPerSecond', title: 'Prefill t/s', show: speedWords, atLeast: 1 },
  { figure: 'textsPerSecond', title: 'Texts/s', show: speedWords, atLeast: 1, isShownWhereNone: false },
  { figure: 'memoryBytes', title: 'Memory in use', show: sizeWords, atLeast: 1 },
  { figure: 'queued', title: 'Waiting', show: count, atLeast: 4 },
]

/** The last minute of all models together. */
export function ActivitySection() {
  const history = useHistory(state => state.history)
  return (
    <Section title="Last minute">
      <dl className="tabular flex flex-col gap-1.5 text-12">
        {charts.map(({ figure, title, show, atLeast, isShownWhereNone = true }) => {
          const values = totals(history, figure)
          if (!isShownWhereNone && values.every(value => value === 0)) return null
          return (
            <div key={figure} className="grid grid-cols-[minmax(0,1fr)_auto_4.5rem] items-center gap-3">
              <dt className="text-muted">{title}</dt>
              <dd>
                <SparkLine label={sparkWords(title, values, show)} values={values} atLeast={atLeast} width={88} height={20} />
              </dd>
              <dd className="text-right">{values.length === 0 ? '–' : show(values.at(-1) ?? 0)}</dd>
            </div>
          )
        })}
      </dl>
    </Section>
  )
}
