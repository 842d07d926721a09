import { resolve } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Client } from '#shared/contract/index.ts'
import type { FileLabel, LabelsSnapshot } from '#shared/contract/labels.ts'
import { showLabels } from './labels-commands.ts'

const secret: FileLabel = { path: '.env', label: 'secret', rule: '.env*', source: 'built-in', why: 'environment variables' }
const uncounted: LabelsSnapshot = { type: 'snapshot', counts: null, secretFiles: [], problems: [], userFile: '/state/privacy.jsonc', folderFile: '.cortex/privacy.jsonc' }
const counted: LabelsSnapshot = { ...uncounted, counts: { public: 1, internal: 12, secret: 1 }, secretFiles: [secret] }

afterEach(() => vi.restoreAllMocks())

async function output(paths: readonly string[], isJson: boolean, snapshots: LabelsSnapshot[] = [uncounted, counted]): Promise<string> {
  const asked: string[] = []
  const opened: string[] = []
  let text = ''
  vi.spyOn(process.stdout, 'write').mockImplementation(chunk => ((text += String(chunk)), true))
  const client = {
    labels: {
      explain: async ({ path }: { path: string }) => (asked.push(path), { ...secret, path }),
      watch: async function* () {
        yield* snapshots
      },
    },
    workspaces: { open: async ({ path }: { path: string }) => (opened.push(path), { id: 'w' }) },
    // Only these are called.
  } as unknown as Client
  await showLabels(client, paths, isJson)
  expect([...asked, ...opened]).toEqual((paths.length === 0 ? ['.'] : paths).map(path => resolve(path)))
  return text
}

describe('cortex labels', () => {
  it('says of each file its label, its rule and why, by the path as it was typed', async () => {
    expect(await output(['.env', '../x/.env'], false)).toBe('secret    .env  (.env*: environment variables)\nsecret    ../x/.env  (.env*: environment variables)\n')
    expect(JSON.parse(await output(['.env'], true))).toEqual([secret])
  })

  it('counts the folder, once that is done, and lists what is secret', async () => {
    expect(await output([], false)).toBe('secret    1\ninternal  12\npublic    1\nsecret    .env  (.env*: environment variables)\n')
    expect(JSON.parse(await output([], true))).toEqual(counted)
    expect(await output([import.meta.dirname], false)).toContain('internal  12\n')
  })

  it('says what is wrong with the rules and what that means', async () => {
    const problems = [{ source: 'folder' as const, message: 'Line 1.' }, { source: 'user' as const, message: 'Line 2.' }]
    expect(await output([], false, [{ ...counted, problems }])).toContain('.cortex/privacy.jsonc: Line 1.\n/state/privacy.jsonc: Line 2.\nWhile the rules cannot be read, every file counts as secret.\n')
  })
})
