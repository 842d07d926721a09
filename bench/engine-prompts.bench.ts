import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findTestModel } from '../tests/support/test-models.ts'
import { figure, median, ratiosOfPairs, skipped, type Figure } from './figure.ts'
import { answer, startInference } from './inference-worker.ts'

const editTokens = 150

const names = {
  lookup: 'tokens/s of an edit with guesses from the prompt over plain decoding, SmolLM2-135M',
  state: 'first token after restoring a prompt state over reading the prompt again, 4,000 tokens, SmolLM2-135M',
  cancelWriting: 'from a cancel in mid-answer to a free sequence, beyond one decode step, SmolLM2-135M',
  cancelReading: 'from a cancel in mid-prompt to a free sequence, 4,000 tokens, SmolLM2-135M',
}

/** Nearly all of it stands again in the answer of a model as small as this one; tried. */
const edited = `import { readFile } from 'node:fs/promises'

/** Settings of one person, read from their own file. */
export class SettingsReader {
  constructor(folder) {
    this.path = folder + '/settings.json'
    this.values = new Map()
  }

  async load() {
    const text = await readFile(this.path, 'utf8')
    for (const [name, value] of Object.entries(JSON.parse(text))) {
      if (typeof value === 'string') this.values.set(name, value.trim())
    }
    return this.values.size
  }

  colour(fallback) {
    return this.values.get('colour') ?? fallback
  }

  isEmpty() {
    return this.values.size === 0
  }
}`

/** What guessing from the prompt and keeping a prompt's state are worth, within the product. */
export async function run(): Promise<Figure[]> {
  const smollm2 = await findTestModel('smollm2')
  if ('missing' in smollm2) return Object.values(names).map(name => skipped(name, smollm2.missing))
  return [await lookup(smollm2.path), await restoredState(smollm2.path), ...(await cancels(smollm2.path))]
}

/** A file that is to be written again with one name changed. */
async function lookup(path: string): Promise<Figure> {
  await using stack = new AsyncDisposableStack()
  const load = { path, contextTokens: 2048 }
  const plain = stack.adopt(startInference(), one => one.dispose())
  const { threads } = await plain.load(load)
  const guessing = stack.adopt(startInference(), one => one.dispose())
  await guessing.load({ ...load, threads, speculation: 'lookup' })
  const turns = [
    { role: 'user' as const, text: `Here is a file:\n\`\`\`js\n${edited}\n\`\`\`\nWrite the whole file again, with the method colour renamed to color.` },
    { role: 'assistant' as const, text: 'Here is the whole file again:\n```js\n' },
  ]
  const asked = { turns, maxTokens: editTokens }
  const trial = await answer(guessing, asked)
  if (!trial.drafted) return skipped(names.lookup, 'the worker made no guesses')
  const [drafted, accepted]: [number[], number[]] = [[], []]
  const product = async (): Promise<number> => {
    const ended = await answer(guessing, asked)
    drafted.push(ended.drafted?.tokens ?? 0)
    accepted.push(ended.drafted?.accepted ?? 0)
    return ended.measuredPerSecond
  }
  const peer = async (): Promise<number> => (await answer(plain, asked)).measuredPerSecond
  const isSame = trial.text === (await answer(plain, asked)).text
  const ratios = await ratiosOfPairs(9, product, peer)
  const note = `9 pairs of ${editTokens} tokens, ${threads} thread${threads === 1 ? '' : 's'}; ${median(accepted)} of ${median(drafted)} guesses were right; the text is ${isSame ? 'the same' : 'another'}`
  return figure(ratios, { name: names.lookup, unit: 'ratio', atLeast: 1.5, note })
}

async function restoredState(path: string): Promise<Figure> {
  // In memory where the system has such a place, as the product does it.
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'cortex-bench-'))
  await using stack = new AsyncDisposableStack()
  stack.defer(() => rmSync(folder, { recursive: true, force: true }))
  const worker = stack.adopt(startInference(), one => one.dispose())
  const { threads } = await worker.load({ path, contextTokens: 4608 })
  const long = longText(0)
  const question = [{ role: 'user' as const, text: `${long}\nWhat is this?` }]
  const other = [{ role: 'user' as const, text: 'Say yes.' }]
  const file = join(folder, 'state')
  const first = await answer(worker, { turns: question, maxTokens: 1 })
  const { tokens } = await worker.client.saveState({ path: file, turns: question })
  if (tokens === 0) return skipped(names.state, 'the worker kept no state')
  const megabytes = statSync(file).size / 2 ** 20
  const forget = (): Promise<unknown> => answer(worker, { turns: other, maxTokens: 1 })
  const restoring = async (): Promise<number> => {
    await forget()
    const began = performance.now()
    const restored = await worker.client.restoreState({ path: file, turns: question })
    const { reusedTokens } = await answer(worker, { turns: question, maxTokens: 1 })
    // The last token is read again: an answer goes on from what it leads to.
    if (restored.tokens < tokens - 1 || reusedTokens < tokens - 1) throw new Error(`Of ${tokens} tokens of the state ${reusedTokens} were used`)
    return performance.now() - began
  }
  const reading = async (): Promise<number> => {
    await forget()
    const began = performance.now()
    const { reusedTokens } = await answer(worker, { turns: question, maxTokens: 1 })
    if (reusedTokens > 100) throw new Error(`${reusedTokens} tokens were still known`)
    return performance.now() - began
  }
  const ratios = await ratiosOfPairs(5, restoring, reading)
  const note = `5 pairs; a prompt of ${first.promptTokens} tokens, a state of ${megabytes.toFixed(0)} MiB, ${threads} thread${threads === 1 ? '' : 's'}`
  return figure(ratios, { name: names.state, unit: 'ratio', atMost: 0.3, note })
}

/** How long a cancelled answer still holds its sequence: the next short answer is later by that than it would be alone. The worst of 15. */
async function cancels(path: string): Promise<Figure[]> {
  await using stack = new AsyncDisposableStack()
  const worker = stack.adopt(startInference(), one => one.dispose())
  const { threads } = await worker.load({ path, contextTokens: 4608, sequences: 1 })
  const next = { turns: [{ role: 'user' as const, text: 'Say yes.' }], maxTokens: 1 }
  const writing = { turns: [{ role: 'user' as const, text: 'Count to a hundred.' }], maxTokens: 400 }
  const reading = { turns: [{ role: 'user' as const, text: longText(0) }], maxTokens: 1 }
  const timed = async (): Promise<number> => {
    const began = performance.now()
    await answer(worker, next)
    return performance.now() - began
  }
  const alone: number[] = []
  let tokensPerSecond = 0
  for (let round = 0; round < 15; round++) {
    tokensPerSecond = (await answer(worker, { ...writing, maxTokens: 30 })).measuredPerSecond
    alone.push(await timed())
  }
  const after = async (asked: typeof next, milliseconds: number): Promise<number> => {
    const stop = new AbortController()
    const stopped = answer(worker, asked, stop.signal).then(() => false, () => true)
    await sleep(milliseconds)
    stop.abort()
    const took = await timed()
    if (!(await stopped)) throw new Error('The answer ended before it was cancelled')
    return Math.max(0, took - median(alone))
  }
  const step = 1000 / tokensPerSecond
  const [written, read]: [number[], number[]] = [[], []]
  for (let round = 0; round < 15; round++) {
    written.push((await after(writing, 200 + 7 * round)) - step)
    // A prompt that is not in memory, left at another place each time.
    read.push(await after({ ...reading, turns: [{ role: 'user' as const, text: longText(1000 * (round + 1)) }] }, 300 + 40 * round))
  }
  const note = (values: readonly number[]): string => `the worst of 15, median ${median(values).toFixed(0)} ms; ${threads} thread${threads === 1 ? '' : 's'}, a decode step takes ${step.toFixed(0)} ms`
  return [
    figure([Math.max(...written)], { name: names.cancelWriting, unit: 'ms', atMost: 30, note: note(written) }),
    figure([Math.max(...read)], { name: names.cancelReading, unit: 'ms', atMost: 500, note: note(read) }),
  ]
}

/** About 3,950 tokens. */
function longText(seed: number): string {
  return Array.from({ length: 212 }, (_, line) => `export const value${line + seed} = compute(${line}, ${seed * 7 + line}) // step`).join('\n')
}
