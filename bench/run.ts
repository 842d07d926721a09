import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, release, totalmem } from 'node:os'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Figure } from './figure.ts'

interface BenchFile {
  run: () => Promise<Figure[]>
}

interface Result {
  file: string
  /** ISO 8601. */
  at: string
  machine: Record<string, unknown>
  figures: Figure[]
  error?: string
}

/** Runs every `*.bench.ts` whose name holds one of the words given, prints its table and keeps it in `results.json`; what was not run stands there as it was measured last, with when and on what. */
async function main(words: readonly string[]): Promise<number> {
  const folder = import.meta.dirname
  const names = (await readdir(folder)).filter(name => name.endsWith('.bench.ts') && (words.length === 0 || words.some(word => name.includes(word)))).sort()
  const path = join(folder, 'results.json')
  const results: Result[] = []
  for (const file of names) {
    process.stderr.write(`${file} …\n`)
    const result = await runOne(folder, file)
    results.push(result)
    process.stdout.write(`${table(result)}\n\n`)
    keep(path, result)
  }
  const missed = results.flatMap(({ figures }) => figures.filter(one => !one.holds)).length + results.filter(({ error }) => error !== undefined).length
  process.stdout.write(`${missed === 0 ? 'Every target is met.' : `${missed} missed.`}\n`)
  return missed === 0 ? 0 : 1
}

function keep(path: string, result: Result): void {
  // Where the code stands says nothing to anybody else.
  const { error } = result
  const plain = error === undefined ? result : { ...result, error: error.split('\n')[0] ?? '' }
  const results = [...kept(path).filter(({ file }) => file !== result.file), plain].toSorted((one, other) => one.file.localeCompare(other.file))
  writeFileSync(path, `${JSON.stringify({ results }, null, 2)}\n`)
}

function kept(path: string): Result[] {
  try {
    // Written by `keep` alone.
    return (JSON.parse(readFileSync(path, 'utf8')) as { results: Result[] }).results
  } catch {
    return []
  }
}

async function runOne(folder: string, file: string): Promise<Result> {
  const facts = { at: new Date().toISOString(), machine: machine() }
  try {
    // A bench file promises this one export; a file that breaks the promise fails here, by name.
    const bench = (await import(pathToFileURL(join(folder, file)).href)) as BenchFile
    return { file, ...facts, figures: await bench.run() }
  } catch (error) {
    return { file, ...facts, figures: [], error: error instanceof Error ? `${error.message}\n${error.stack ?? ''}` : String(error) }
  }
}

function machine(): Record<string, unknown> {
  const [first] = cpus()
  return { processor: first?.model ?? 'unknown', cores: cpus().length, memoryGiB: Math.round(totalmem() / 2 ** 30), system: `${process.platform}-${process.arch} ${release()}`, node: process.version }
}

function table({ file, figures, error }: Result): string {
  const lines = figures.map(one => {
    if (one.isSkipped) return `  skipped ${one.name}: ${one.note ?? ''}`
    const spread = `${short(one.spread[0])} to ${short(one.spread[1])}`
    const note = one.note === undefined ? '' : `\n      ${one.note}`
    return `  ${one.holds ? 'holds ' : 'MISSED'}  ${one.name}: ${short(one.value)} ${one.unit} (${spread})${one.target ? `, target ${one.target}` : ''}${note}`
  })
  return [file, ...lines, ...(error === undefined ? [] : [`  FAILED  ${error}`])].join('\n')
}

function short(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3)
}

process.exit(await main(process.argv.slice(2)))
