import fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openVault } from '../../main/platform/vault/open-vault.ts'
import { writeSealedFile } from '../../main/platform/storage/sealed-file.ts'
import { passphraseCost } from '../../main/platform/vault/passphrase-cost.ts'
import { connect } from '../support/socket-client.ts'
import { startApp, type RunningApp } from '../support/start-app.ts'

// Tests set passphrases at a lower cost; nothing that ships may.
const strong = 131_072
const main = join(import.meta.dirname, '../../main')
const isBuilt = fs.existsSync(join(main, '..', process.env['CORTEX_OUT'] ?? 'out', 'main', 'serve.js'))
const passphrase = 'four words of nonsense'

let folder: string
let app: RunningApp | null = null
beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'cost-'))
})
afterEach(async () => {
  await app?.dispose()
  app = null
  fs.rmSync(folder, { recursive: true, force: true })
})

const costsIn = (state: string): number[] => (JSON.parse(fs.readFileSync(join(state, 'vault.json'), 'utf8')) as { slots: { kind: string; cost?: number }[] }).slots.flatMap(slot => slot.cost ?? [])
const costOfExport = (path: string): number => (JSON.parse(fs.readFileSync(path, 'latin1').split('\n')[1] ?? '') as { n: number }).n

async function* nothing(): AsyncGenerator<Buffer, void, void> {}

describe('what a passphrase wraps', () => {
  it('takes 128 MiB for each guess where nobody says otherwise', async () => {
    expect(passphraseCost).toBe(strong)
    await openVault(folder, { passphrase })
    expect(costsIn(folder)).toEqual([strong])
    await writeSealedFile(join(folder, 'export'), passphrase, nothing())
    expect(costOfExport(join(folder, 'export'))).toBe(strong)
  })

  it('is never cheaper by the word of a host that ships', () => {
    const hosts = ['cli', 'electron', 'transport'].flatMap(name => fs.readdirSync(join(main, name), { recursive: true, encoding: 'utf8' }).map(file => join(main, name, file)))
    const files = [...hosts, ...['index.ts', 'serve.ts', 'cli.ts'].map(name => join(main, name))].filter(file => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    expect(files.length).toBeGreaterThan(40)
    expect(files.filter(file => /passphraseCost|makePassphraseSlot|openVault/.test(fs.readFileSync(file, 'utf8')))).toEqual([])
  })

  it.skipIf(!isBuilt)(`costs as much in a host that was built and started${isBuilt ? '' : ' (skipped: the host is not built)'}`, async () => {
    app = await startApp({ folder, home: join(folder, 'state') })
    const { client, close } = await connect(app)
    await client.vault.setPassphrase({ passphrase, current: null })
    await client.storage.exportTo({ path: join(folder, 'export'), passphrase })
    close()
    expect(costsIn(join(folder, 'state'))).toEqual([strong])
    expect(costOfExport(join(folder, 'export'))).toBe(strong)
  })
})
