import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, test, type Locator, type Page } from '@playwright/test'
import { runCommand } from '../support/app-test.ts'
import { makeModel } from '../support/make-model.ts'
import { PatternContent, startRangePeer, type PeerFile } from '../support/range-peer.ts'
import { startApp, type RunningApp } from '../support/start-app.ts'

let base = ''
let app: RunningApp | null = null
test.beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'cortex-models-files-')))
})
test.afterEach(async () => {
  await app?.dispose()
  app = null
  rmSync(base, { recursive: true, force: true, maxRetries: 5 })
})

/** A host whose person has a home of their own, and the models page in it. */
async function openModels(page: Page, settings: Record<string, unknown> = {}): Promise<{ state: string }> {
  const state = join(base, 'state')
  mkdirSync(state, { mode: 0o700 })
  writeFileSync(join(state, 'settings.jsonc'), JSON.stringify({ 'model.loadAtStart': false, ...settings }))
  app = await startApp({ home: state, environment: { HOME: base, XDG_CACHE_HOME: '', HF_HOME: '', HF_HUB_CACHE: '', OLLAMA_MODELS: '' } })
  await page.goto(app.url)
  await page.getByRole('contentinfo').waitFor()
  await runCommand(page, 'Open models')
  await expect(page.getByRole('table', { name: 'Catalogue' })).toBeVisible({ timeout: 30_000 })
  return { state }
}

/** A tiny model that goes by this name; another seed, another hash. */
async function tiny(path: string, name: string, seed = 1): Promise<string> {
  mkdirSync(dirname(path), { recursive: true })
  await makeModel({ path, seed, vocabularySize: 300, contextLength: 256, metadata: { 'general.name': { text: name } } })
  return path
}

const installed = (page: Page): Locator => page.getByRole('table', { name: 'Models on this machine' })
const rowOf = (page: Page, name: string): Locator => installed(page).getByRole('row').filter({ has: page.getByRole('button', { name, exact: true }) })
const notices = (page: Page): Locator => page.getByRole('region', { name: 'Notices' })

async function menuOf(page: Page, name: string, item: string): Promise<void> {
  await page.getByRole('button', { name: `Actions for ${name}`, exact: true }).press('Enter')
  await page.getByRole('menuitem', { name: item }).press('Enter')
}

async function dropFile(page: Page, name: string, content: Buffer): Promise<void> {
  const data = await page.evaluateHandle(([fileName, base64]) => {
    const transfer = new DataTransfer()
    transfer.items.add(new File([Uint8Array.from(atob(base64 ?? ''), sign => sign.charCodeAt(0))], fileName ?? ''))
    return transfer
  }, [name, content.toString('base64')])
  const heading = page.getByRole('heading', { level: 1, name: /model/ })
  await heading.dispatchEvent('dragover', { dataTransfer: data })
  await expect(page.getByText('Drop to copy the GGUF file')).toBeVisible()
  await heading.dispatchEvent('drop', { dataTransfer: data })
  await expect(page.getByText('Drop to copy the GGUF file')).toBeHidden()
}

test('a model comes by drop, goes out to a pack and comes back from it, and its files are deleted', async ({ page }) => {
  const { state } = await openModels(page)
  const file = readFileSync(await tiny(join(base, 'made', 'dropped.gguf'), 'Dropped'))
  await dropFile(page, 'notes.txt', Buffer.from('no model'))
  await expect(notices(page)).toContainText('Only GGUF files')
  await dropFile(page, 'broken.gguf', Buffer.from('this is not a model at all'))
  await expect(notices(page)).toContainText('is not a model')
  await dropFile(page, 'dropped.gguf', file)
  await expect(rowOf(page, 'Dropped')).toContainText('your file')
  await dropFile(page, 'dropped.gguf', file)
  await expect(notices(page)).toContainText('dropped.gguf')
  expect(readdirSync(join(state, 'models', 'uploads'))).toEqual(['dropped.gguf'])

  const stick = join(base, 'stick')
  await menuOf(page, 'Dropped', 'Write to a USB pack')
  const packing = page.getByRole('dialog', { name: 'Write Dropped to a USB pack' })
  await expect(packing.getByLabel('New folder, absolute path')).toBeFocused()
  await packing.getByLabel('New folder, absolute path').fill(stick)
  await page.keyboard.press('Enter')
  await expect(packing.getByRole('status')).toContainText(`Written to ${stick}`)
  await packing.getByRole('button', { name: 'Close' }).press('Enter')
  await expect(page.getByRole('button', { name: 'Actions for Dropped', exact: true })).toBeFocused()

  await menuOf(page, 'Dropped', 'Delete its files')
  await page.getByRole('button', { name: 'Delete', exact: true }).press('Enter')
  await expect(rowOf(page, 'Dropped')).toBeHidden()
  expect(existsSync(join(state, 'models', 'uploads', 'dropped.gguf'))).toBe(false)

  await page.getByRole('button', { name: 'From a USB pack' }).press('Enter')
  const unpacking = page.getByRole('dialog', { name: 'Unpack a USB pack' })
  await unpacking.getByLabel('Folder of the pack').fill(join(base, 'made'))
  await page.keyboard.press('Enter')
  await expect(unpacking.getByRole('alert')).toContainText('pack')
  await unpacking.getByLabel('Folder of the pack').fill(stick)
  await page.keyboard.press('Enter')
  await expect(unpacking.getByRole('status')).toContainText('Added Dropped.')
  await unpacking.getByRole('button', { name: 'Close' }).press('Enter')
  await expect(rowOf(page, 'Dropped')).toBeVisible()
  await menuOf(page, 'Dropped', 'Take off the list')
  await expect(rowOf(page, 'Dropped')).toBeHidden()
})

test('models of other programs and of a folder are found, used where they are, and left there', async ({ page }) => {
  const digest = createHash('sha256').update('ollama').digest('hex')
  await tiny(join(base, '.ollama', 'models', 'blobs', `sha256-${digest}`), 'Of Ollama', 2)
  const manifest = join(base, '.ollama', 'models', 'manifests', 'registry.ollama.ai', 'library', 'small', '1b')
  mkdirSync(dirname(manifest), { recursive: true })
  writeFileSync(manifest, JSON.stringify({ layers: [{ mediaType: 'application/vnd.ollama.image.model', digest: `sha256:${digest}` }] }))
  await tiny(join(base, '.lmstudio', 'models', 'maker', 'repo', 'studio.gguf'), 'Of LM Studio', 3)
  await tiny(join(base, '.cache', 'huggingface', 'hub', 'models--maker--hub', 'snapshots', 'abc', 'hub.gguf'), 'Of the hub', 4)
  const folder = join(base, 'folder')
  await tiny(join(folder, 'deep', 'inside.gguf'), 'Inside', 5)
  writeFileSync(join(folder, 'text.gguf'), 'no model')
  await openModels(page)

  await page.getByRole('button', { name: 'From Ollama, LM Studio, Hugging Face' }).press('Enter')
  const found = page.getByRole('dialog', { name: 'Models of other programs' })
  await expect(found.getByRole('row')).toHaveCount(4)
  await expect(found.getByRole('row', { name: /small:1b/ })).toContainText('Ollama')
  await found.getByRole('button', { name: 'Use small:1b' }).press('Enter')
  await expect(found.getByRole('row', { name: /small:1b/ })).toContainText('on the list')
  await found.getByRole('button', { name: 'Use all 2' }).press('Enter')
  await expect(found.getByText('on the list')).toHaveCount(3)
  await found.getByRole('button', { name: 'Close' }).press('Enter')
  await expect(rowOf(page, 'Of Ollama')).toContainText('Ollama')
  await expect(rowOf(page, 'Of LM Studio')).toContainText('LM Studio')
  await expect(rowOf(page, 'Of the hub')).toContainText('Hugging Face')
  // Only what lies in Cortex's own folder can be deleted here.
  await page.getByRole('button', { name: 'Actions for Of Ollama' }).press('Enter')
  await expect(page.getByRole('menuitem', { name: 'Take off the list' })).toBeVisible()
  await expect(page.getByRole('menuitem', { name: 'Delete its files' })).toHaveCount(0)
  await page.keyboard.press('Escape')

  await page.getByRole('button', { name: 'A folder of models' }).press('Enter')
  const folders = page.getByRole('dialog', { name: 'Folders of models' })
  await folders.getByLabel('Absolute path of a folder').fill(join(base, 'nothing'))
  await page.keyboard.press('Enter')
  await expect(folders.getByRole('alert')).toContainText('nothing')
  await folders.getByLabel('Absolute path of a folder').fill(folder)
  await page.keyboard.press('Enter')
  await expect(folders.getByRole('status')).toContainText('Added Inside.')
  await expect(folders.getByRole('status')).toContainText('is not a model')
  await expect(folders.getByRole('list', { name: 'Folders of models' })).toContainText('1 model')
  await expect(folders.getByLabel('Absolute path of a folder')).toHaveValue('')
  await page.keyboard.press('Escape')
  await expect(rowOf(page, 'Inside')).toBeVisible()
  await page.getByRole('button', { name: 'A folder of models' }).press('Enter')
  await folders.getByRole('button', { name: /no more$/ }).press('Enter')
  await expect(folders.getByRole('list', { name: 'Folders of models' })).toHaveCount(0)
  await page.keyboard.press('Escape')
  await expect(rowOf(page, 'Inside')).toBeHidden()
  expect(existsSync(join(folder, 'deep', 'inside.gguf'))).toBe(true)
})

test('a repository is listed once it is allowed; downloads are paused, resumed, cancelled, set aside, got anew and deleted', async ({ page }) => {
  test.setTimeout(90_000)
  const peer = await startRangePeer()
  try {
    const good = readFileSync(await tiny(join(base, 'made', 'good.gguf'), 'Good', 6))
    const file = (content: Buffer): PeerFile => ({ content: { sizeBytes: content.length, slice: (start, end) => content.subarray(start, end) }, etag: null })
    const slow = new PatternContent(40 * 1024 * 1024)
    const sha256 = createHash('sha256').update(good).digest('hex')
    peer.files.set('/maker/tiny/resolve/main/good.gguf', file(good))
    peer.files.set('/maker/tiny/resolve/main/slow.gguf', { content: slow, etag: '"slow"' })
    peer.answers.set('/api/models/maker/tiny/tree/main', {
      status: 200,
      body: JSON.stringify([
        { type: 'file', path: 'good.gguf', size: good.length, lfs: { oid: sha256, size: good.length } },
        { type: 'file', path: 'slow.gguf', size: slow.sizeBytes },
        { type: 'file', path: 'README.md', size: 5 },
      ]),
    })
    let isCorrupt = true
    peer.fault = ({ path }) => (isCorrupt && path.endsWith('good.gguf') ? { kind: 'corrupt', at: good.length - 100 } : undefined)
    await openModels(page, { 'models.registry': peer.url('') })
    const source = page.getByRole('dialog', { name: 'From a repository or address' })
    const openList = async (): Promise<void> => {
      await page.getByRole('button', { name: 'From a repository or address' }).press('Enter')
      await source.getByLabel('Repository, file in it, or address').fill('maker/tiny')
      await page.keyboard.press('Enter')
    }
    await openList()
    await expect(source.getByText('Cortex may not connect to 127.0.0.1 yet.')).toBeVisible()
    await source.getByRole('button', { name: 'Allow it for a day and list' }).press('Enter')
    await expect(source.getByRole('table', { name: 'GGUF files' }).getByRole('row')).toHaveCount(3)

    // A byte is wrong on the way, so that its hash is not the one that the registry names: it is set aside and never used.
    await source.getByRole('button', { name: 'Download good.gguf' }).press('Enter')
    const downloads = page.getByRole('list', { name: 'Downloads' })
    const row = (name: string): Locator => downloads.getByRole('listitem').filter({ hasText: name })
    await expect(row('good.gguf')).toContainText('set aside, its hash is wrong')
    await expect(row('good.gguf').getByRole('alert')).toBeVisible()
    await expect(rowOf(page, 'Good')).toHaveCount(0)
    isCorrupt = false
    await row('good.gguf').getByRole('button', { name: /anew$/ }).press('Enter')
    await expect(row('good.gguf')).toContainText('here, ')
    await expect(rowOf(page, 'Good')).toContainText('downloaded')
    await row('good.gguf').getByRole('button', { name: /^Load / }).press('Enter')
    await expect(page.getByRole('heading', { level: 1, name: '1 model is ready' })).toBeVisible({ timeout: 30_000 })

    peer.restMilliseconds = 30
    await openList()
    await source.getByRole('button', { name: 'Download slow.gguf' }).press('Enter')
    await expect(row('slow.gguf')).toContainText(/ left$|\/s/)
    await row('slow.gguf').getByRole('button', { name: /^Pause/ }).press('Enter')
    await expect(row('slow.gguf')).toContainText('paused at')
    await row('slow.gguf').getByRole('button', { name: /^Resume/ }).press('Enter')
    await expect(row('slow.gguf')).toContainText('/s')
    await row('slow.gguf').getByRole('button', { name: /^Cancel/ }).press('Enter')
    await expect(row('slow.gguf')).toContainText('cancelled')
    await page.getByRole('button', { name: 'Clear what is over' }).press('Enter')
    await expect(page.getByRole('heading', { name: 'Downloads' })).toBeHidden()

    await menuOf(page, 'Good', 'Delete its files')
    await page.getByRole('button', { name: 'Delete', exact: true }).press('Enter')
    await expect(rowOf(page, 'Good')).toBeHidden()
    await expect(page.getByRole('heading', { level: 1, name: 'No model is loaded' })).toBeVisible()
  } finally {
    await peer.close()
  }
})
