import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { makeModel } from './make-model.ts'

/** Small models in files, one of each name. Called once, at the top of a file of tests; they are there once its tests run. */
export function namedModels<Name extends string>(...names: Name[]) {
  const made = { folder: '', paths: Object.fromEntries(names.map(name => [name, ''])) as Record<Name, string> }
  beforeAll(async () => {
    made.folder = mkdtempSync(join(tmpdir(), 'cortex-models-'))
    for (const name of names) {
      made.paths[name] = join(made.folder, `${name}.gguf`)
      await makeModel({ path: made.paths[name], vocabularySize: 300, contextLength: 8192, metadata: { 'general.name': { text: name } } })
    }
  })
  afterAll(() => rmSync(made.folder, { recursive: true, force: true }))
  return made
}
