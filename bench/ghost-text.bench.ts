import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { chromium, type Page } from 'playwright-core'
import { build, preview, type PreviewServer } from 'vite'
import { findChromium } from '../tests/support/find-chromium.ts'
import { startApp, type RunningApp } from '../tests/support/start-app.ts'
import type { Figure } from './figure.ts'
import { ghostDelay, lineDelay, percentile, watchKeys } from './key-times.ts'

const samples = 40
const pairs = 24
const names = ['total', 'nearest', 'average', 'weights', 'offset', 'lowest', 'highest', 'count', 'index', 'result']
const endings = ['values.', 'Math.', 'values.map(', 'values.reduce(', 'values.length > 0 ? ', 'index + ', 'near.filter(']

/** Builds the peer's page and serves it from this machine. */
async function servePeer(folder: string): Promise<{ server: PreviewServer; url: string }> {
  const root = resolve(import.meta.dirname, 'ghost-page')
  await build({ configFile: false, root, base: './', logLevel: 'silent', worker: { format: 'es' }, resolve: { alias: { '#shared': resolve(import.meta.dirname, '../main/shared') } }, build: { outDir: folder, emptyOutDir: true, target: 'chrome140' } })
  const server = await preview({ configFile: false, root, logLevel: 'silent', build: { outDir: folder }, preview: { host: '127.0.0.1' } })
  const url = server.resolvedUrls?.local[0]
  if (!url) throw new Error('The page of the peer is not served')
  return { server, url }
}

/** The model's own time of the last answer, read from the wire. */
function followModelTimes(page: Page): () => number {
  let last = 0
  page.on('websocket', socket =>
    socket.on('framereceived', frame => {
      const found = /"promptTokens":\d+,"milliseconds":([\d.]+)/.exec(String(frame.payload))
      if (found) last = Number(found[1])
    }),
  )
  return () => last
}

async function openProduct(page: Page, app: RunningApp): Promise<void> {
  await page.goto(app.url)
  await page.getByRole('tree').waitFor()
  await page.keyboard.press('Control+P')
  await page.getByRole('dialog').getByRole('combobox').fill('smooth.ts')
  await page.getByRole('option', { selected: true }).getByText('smooth').first().waitFor()
  await page.keyboard.press('Enter')
  await page.locator('.monaco-editor.focused').waitFor()
  await page.keyboard.press('Control+End')
  await page.keyboard.press('Enter')
  await watchKeys(page)
}

async function clearLine(page: Page): Promise<void> {
  await page.keyboard.press('Escape')
  await page.keyboard.press('Control+Shift+K')
  await page.keyboard.press('Control+End')
  await page.waitForTimeout(60)
}

interface Samples {
  product: number[]
  peer: number[]
  typedThrough: number[]
  plain: number[]
}

async function measure(product: Page, peer: Page, modelTime: () => number): Promise<Samples> {
  const found: Samples = { product: [], peer: [], typedThrough: [], plain: [] }
  for (let number = 0; found.product.length < samples && number < samples * 3; number += 1) {
    const line = `const ${names[number % names.length]}${number} = ${endings[number % endings.length]}`
    await product.keyboard.type(line)
    const ours = await ghostDelay(product)
    if (ours === null) {
      await clearLine(product)
      continue
    }
    const text = await product.evaluate(() => window.keyTimes.ghostText.replaceAll('\u00a0', ' '))
    await peer.evaluate(answer => Object.assign(window.answer, answer), { text, milliseconds: modelTime() })
    await peer.keyboard.type(line)
    const theirs = await ghostDelay(peer)
    if (theirs !== null) {
      found.product.push(ours)
      found.peer.push(theirs)
    }
    if (text.length > 2 && found.plain.length < pairs && /^[a-z]/i.test(text)) {
      await product.keyboard.type(text[0] ?? '')
      found.typedThrough.push((await ghostDelay(product, 1000)) ?? Number.NaN)
      await clearLine(product)
      await product.keyboard.type('//')
      await product.waitForTimeout(300)
      await product.keyboard.press('Escape')
      await product.keyboard.type('x')
      found.plain.push(await lineDelay(product))
    }
    await clearLine(product)
    await clearLine(peer)
  }
  return found
}

function difference(name: string, share: number, { product, peer }: Samples, atMost: number): Figure {
  const ours = percentile(product, share)
  const theirs = percentile(peer, share)
  return { name, value: ours - theirs, unit: 'ms', target: `≤ ${atMost}`, holds: ours - theirs <= atMost, spread: [Math.min(...product), Math.max(...product)], note: `${ours.toFixed(0)} ms against ${theirs.toFixed(0)} ms of an in-page provider, ${product.length} suggestions, a rest of 40 ms and the model's time in both; the spread is of the product` }
}

/** Last key to visible text, over the same editor with a provider in the page that answers after the same time. */
export async function run(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'cortex-peer-'))
  const app = await startApp()
  const { server, url } = await servePeer(folder)
  const executablePath = findChromium()
  const browser = await chromium.launch({ ...(executablePath === null ? {} : { executablePath }), args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'] })
  try {
    const product = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage()
    const peer = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage()
    const modelTime = followModelTimes(product)
    await openProduct(product, app)
    await peer.goto(url)
    await peer.locator('.monaco-editor').waitFor()
    await peer.locator('.monaco-editor .view-lines').click()
    await peer.locator('.monaco-editor.focused').waitFor()
    await peer.evaluate(() => window.setText('export const values: number[] = []\n'))
    await peer.keyboard.press('Control+End')
    await watchKeys(peer)
    const found = await measure(product, peer, modelTime)
    const through = percentile(found.typedThrough, 0.5) - percentile(found.plain, 0.5)
    return [
      difference('ghost text, last key to visible text, p50 over the peer', 0.5, found, 8),
      difference('ghost text, last key to visible text, p95 over the peer', 0.95, found, 20),
      {
        name: 'ghost text, typed through, p50 over a plain key',
        value: through,
        unit: 'ms',
        target: '≤ 16.7',
        holds: through <= 16.7,
        spread: [Math.min(...found.typedThrough), Math.max(...found.typedThrough)],
        note: `${percentile(found.typedThrough, 0.5).toFixed(1)} ms against ${percentile(found.plain, 0.5).toFixed(1)} ms, ${found.plain.length} keys`,
      },
    ]
  } finally {
    await browser.close()
    await server.close()
    await app.dispose()
    rmSync(folder, { recursive: true, force: true })
  }
}
