import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DiskFiles } from '../main/platform/files/disk-files.ts'
import { realNames } from '../main/platform/labels/real-names.ts'
import { RuleSet } from '../main/platform/labels/rule-set.ts'
import { figure, type Figure } from './figure.ts'

// Many short rounds: a busy machine interrupts few of them.
const rounds = 201
const files = 100
const diskRounds = 7
const folder = [{ glob: 'customers/', label: 'secret' as const }, { glob: 'docs/**/*.draft.md', label: 'secret' as const }, { glob: '*.csv', label: 'internal' as const }]

/** What the check of a label costs for each file that is read: the rules alone, as they are met for the first time and as they are known, and the questions to the disk apart. */
export async function run(): Promise<Figure[]> {
  const paths = Array.from({ length: files }, (_, index) => `src/features/module-${index % 50}/component-${index}.test.tsx`)
  const first: number[] = []
  const again: number[] = []
  for (let round = 0; round < rounds; round++) {
    const rules = new RuleSet({ user: [{ glob: 'README.md', label: 'public' }], folder })
    first.push(each(paths, path => rules.verdict(path)))
    again.push(each(paths, path => rules.verdict(path)))
  }
  return [
    figure(first, { name: 'label of a path, met for the first time', unit: 'µs', atMost: 20, note: 'built-in, own and folder rules; each file of a new name in a known folder' }),
    figure(again, { name: 'label of a path, known', unit: 'µs', atMost: 20 }),
    figure(await disk(), { name: 'questions to the disk for one file', unit: 'µs', note: 'links resolved twice and the inode asked three times, on the local disk of this machine' }),
  ]
}

function each(paths: readonly string[], work: (path: string) => unknown): number {
  const began = performance.now()
  for (const path of paths) work(path)
  return ((performance.now() - began) * 1000) / paths.length
}

async function disk(): Promise<number[]> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'cortex-bench-labels-')))
  try {
    writeFileSync(join(root, 'a.ts'), '')
    const found: number[] = []
    for (let round = 0; round < diskRounds; round++) {
      const began = performance.now()
      for (let turn = 0; turn < 200; turn++) await realNames(new DiskFiles(), root, 'a.ts')
      found.push(((performance.now() - began) * 1000) / 200)
    }
    return found
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}
