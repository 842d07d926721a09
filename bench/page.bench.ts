import { gzipSync } from 'node:zlib'
import { chromium, type Browser, type Page } from 'playwright-core'
import { findChromium } from '../tests/support/find-chromium.ts'
import { startApp, type RunningApp } from '../tests/support/start-app.ts'
import { figure, type Figure } from './figure.ts'

const rounds = 7

async function newPage(browser: Browser): Promise<Page> {
  return await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage()
}

/** Bytes of script, gzipped, that the page loads on its own. */
function countScripts(page: Page): () => Promise<number> {
  const sizes: Promise<number>[] = []
  page.on('response', response => {
    if (new URL(response.url()).pathname.endsWith('.js')) sizes.push(response.body().then(body => gzipSync(body).byteLength).catch(() => 0))
  })
  return async () => (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
}

async function openFile(page: Page): Promise<void> {
  await page.keyboard.press('Control+P')
  await page.getByRole('dialog').getByRole('combobox').fill('smooth.ts')
  await page.getByRole('option', { selected: true }).getByText('smooth').first().waitFor()
  await page.keyboard.press('Enter')
  await page.locator('.monaco-editor.focused').waitFor()
}

/** Milliseconds from the start of the navigation to a typed character on the screen, with the file's tab open from before. */
async function typedCharacter(browser: Browser, app: RunningApp): Promise<number> {
  const page = await newPage(browser)
  await page.goto(await app.mintUrl(), { waitUntil: 'commit' })
  await page.locator('.monaco-editor .view-line').first().click()
  await page.evaluate(() => {
    const lines = document.querySelector('.monaco-editor .view-lines')
    if (lines) new MutationObserver(() => lines.textContent?.includes('§') && (document.body.dataset['typedAt'] ??= String(performance.now()))).observe(lines, { childList: true, subtree: true, characterData: true })
  })
  await page.keyboard.type('§')
  await page.waitForFunction(() => document.body.dataset['typedAt'])
  const milliseconds = await page.evaluate(() => Number(document.body.dataset['typedAt']))
  await page.keyboard.press('Control+Z')
  await page.waitForTimeout(600)
  await page.context().close()
  return milliseconds
}

async function heapMebibytes(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page)
  await session.send('HeapProfiler.collectGarbage')
  const { usedSize } = await session.send('Runtime.getHeapUsage')
  return usedSize / 2 ** 20
}

/** What the page costs: script at the start, time to the first typed character, memory. */
export async function run(): Promise<Figure[]> {
  const app = await startApp()
  const executablePath = findChromium()
  const browser = await chromium.launch({ ...(executablePath === null ? {} : { executablePath }), args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'] })
  try {
    const first = await newPage(browser)
    const scripts = countScripts(first)
    await first.goto(app.url)
    await first.getByRole('tree').waitFor()
    await first.waitForTimeout(1500)
    const initial = (await scripts()) / 1e6
    await openFile(first)
    await first.waitForTimeout(1500)
    const withEditor = (await scripts()) / 1e6
    const heap = await heapMebibytes(first)
    await first.context().close()
    const times: number[] = []
    for (let round = 0; round < rounds; round += 1) times.push(await typedCharacter(browser, app))
    return [
      figure([initial], { name: 'script at the start, gzipped', unit: 'MB', atMost: 1.3, note: `${withEditor.toFixed(2)} MB once a file is open` }),
      figure(times, { name: 'navigation to a typed character on the screen', unit: 'ms', note: 'a new tab with a file open from before; the click and the key of the test are in it' }),
      figure([heap], { name: 'heap of the page with a file open', unit: 'MiB' }),
    ]
  } finally {
    await browser.close()
    await app.dispose()
  }
}
