import { writeFileSync } from 'node:fs'
import { cpus, release, totalmem } from 'node:os'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Figure } from './figure.ts'

interface BenchFile {
  run: () => Promise<Figure[]>
}

/** Runs every `*.bench.ts` whose name holds one of the words given, prints a table and writes `results.json`. */
async function main(words: readonly string[]): Promise<number> {
  const folder = import.meta.dirname
  const names = (await readdir(folder)).filter(name => name.endsWith('.bench.ts') && (words.length === 0 || words.some(word => name.includes(word)))).sort()
  const results: { file: string; figures: Figure[]; error?: string }[] = []
  for (const file of names) {
    process.stderr.write(`${file} …\n`)
    results.push(await runOne(folder, file))
  }
  const missed = results.flatMap(({ figures }) => figures.filter(one => !one.holds)).length + results.filter(({ error }) => error !== undefined).length
  process.stdout.write(`${results.map(table).join('\n\n')}\n\n${missed === 0 ? 'Every target is met.' : `${missed} missed.`}\n`)
  if (words.length === 0) writeFileSync(join(folder, 'results.json'), `${JSON.stringify({ machine: machine(), results }, null, 2)}\n`)
  return missed === 0 ? 0 : 1
}

async function runOne(folder: string, file: string): Promise<{ file: string; figures: Figure[]; error?: string }> {
  try {
    // A bench file promises this one export; a file that breaks the promise fails here, by name.
    const bench = (await import(pathToFileURL(join(folder, file)).href)) as BenchFile
    return { file, figures: await bench.run() }
  } catch (error) {
    return { file, figures: [], error: error instanceof Error ? `${error.message}\n${error.stack ?? ''}` : String(error) }
  }
}

function machine(): Record<string, unknown> {
  const [first] = cpus()
  return { at: new Date().toISOString(), processor: first?.model ?? 'unknown', cores: cpus().length, memoryGiB: Math.round(totalmem() / 2 ** 30), system: `${process.platform}-${process.arch} ${release()}`, node: process.version }
}

function table({ file, figures, error }: { file: string; figures: Figure[]; error?: string }): string {
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
