import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { at, runTool, say } from './project.mjs'

// Renews the digest of the catalogue in the code. Look at the change of the catalogue first: the digest says that somebody did.
await runTool(async () => {
  const sha256 = createHash('sha256').update(readFileSync(at('resources', 'models', 'catalog.json'))).digest('hex')
  const path = at('main', 'features', 'library', 'catalogue.ts')
  writeFileSync(path, readFileSync(path, 'utf8').replace(/(catalogueSha256 = ')[^']*(')/, `$1${sha256}$2`))
  say(`The catalogue is pinned as ${sha256}.`)
})
