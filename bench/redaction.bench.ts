import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { lintSource } from '@secretlint/core'
import { creator } from '@secretlint/secretlint-rule-preset-recommend'
import { Redactor } from '../main/platform/redaction/redactor.ts'
import { figure, median, ratiosOfPairs, type Figure } from './figure.ts'

const pairs = 15
const characters = 500_000

/** Masking a text, with entropy, personal data and five stored secrets, over secretlint's own core with the same rules on the same text. */
export async function run(): Promise<Figure[]> {
  const text = ordinaryText()
  const redactor = new Redactor()
  redactor.known.set(show => {
    for (let index = 0; index < 5; index++) show(`a stored secret of ordinary length ${index}`)
  })
  const times: number[] = []
  const timed = async (work: () => unknown): Promise<number> => {
    const started = performance.now()
    await work()
    return performance.now() - started
  }
  const product = async (): Promise<number> => {
    const time = await timed(() => redactor.redact(text))
    times.push(time)
    return time
  }
  const config = { rules: [{ id: 'preset', rule: creator, options: {} }] }
  const peer = async (): Promise<number> =>
    await timed(() => lintSource({ source: { filePath: 'text.txt', content: text, contentType: 'text' }, options: { config, noPhysicFilePath: true } }))
  // The first rounds compile.
  for (let warm = 0; warm < 3; warm++) await ratiosOfPairs(1, product, peer)
  times.length = 0
  const ratios = await ratiosOfPairs(pairs, product, peer)
  const speed = text.length / 1e6 / (median(times) / 1000)
  const line = await timed(() => {
    for (let index = 0; index < 2000; index++) redactor.mask(`call models.list over websocket done in ${index} ms`)
  })
  return [
    figure(ratios, { name: 'redaction over secretlint alone', unit: 'ratio', atMost: 1.3, note: `${pairs} pairs over ${text.length.toLocaleString('en')} characters of this project's sources; ${speed.toFixed(0)} million characters/s` }),
    figure([line / 2], { name: 'masking one line of the log', unit: 'µs' }),
  ]
}

function ordinaryText(): string {
  const folder = join(import.meta.dirname, '..', 'main')
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.ts') && !name.endsWith('.test.ts')).sort()
  return names.map(name => readFileSync(join(folder, name), 'utf8')).join('\n').slice(0, characters)
}
