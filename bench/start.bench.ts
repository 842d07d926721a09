import { spawn, type ChildProcess } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { chromium, type Page } from 'playwright-core'
import { findChromium } from '../tests/support/find-chromium.ts'
import { figure, type Figure } from './figure.ts'

const root = join(import.meta.dirname, '..')
const starts = 7
const visits = 7

/** From the command to a line on the screen: how long, how much memory, how many bytes. */
export async function run(): Promise<Figure[]> {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'cortex-bench-')))
  try {
    const folder = join(base, 'workspace')
    cpSync(join(root, 'tests/fixtures/workspace'), folder, { recursive: true })
    return [...(await startAndMemory(base, folder)), ...(await page(base, folder))]
  } finally {
    rmSync(base, { recursive: true, force: true, maxRetries: 5 })
  }
}

async function startAndMemory(base: string, folder: string): Promise<Figure[]> {
  const times: number[] = []
  const resident: number[] = []
  for (let round = 0; round < starts; round++) {
    const started = performance.now()
    const host = await start(base, folder, 'memory', { 'model.loadAtStart': false })
    times.push(performance.now() - started)
    // Idle: what the start needed has been let go.
    await sleep(3000)
    resident.push(residentMiB(host.pid))
    await stop(host.process)
  }
  return [
    figure(times, { name: 'npm start --silent -- --json to ready', unit: 'ms', note: 'built already, the model not loaded' }),
    figure(resident, { name: 'host RSS idle without a model', unit: 'MiB', atMost: 150, note: process.platform === 'linux' ? '3 s after ready' : 'only measured on Linux' }),
  ]
}

async function page(base: string, folder: string): Promise<Figure[]> {
  const executablePath = findChromium()
  const browser = await chromium.launch({ ...(executablePath === null ? {} : { executablePath }), args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--enable-precise-memory-info'] })
  const host = await start(base, folder, 'page', { 'model.loadAtStart': false, 'completion.enabled': false })
  try {
    const scripts = new Map<string, number>()
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
    const first = await context.newPage()
    first.on('response', response => {
      if (response.request().resourceType() === 'script') scripts.set(response.url(), 0)
    })
    await first.goto(host.url)
    await first.getByRole('contentinfo').waitFor()
    await first.waitForLoadState('networkidle')
    const initial = gzipped([...scripts.keys()])
    await openFile(first)
    const times: number[] = []
    for (let visit = 0; visit < visits; visit++) times.push(await typeAfterReload(first))
    const heap = await heapMiB(first)
    return [
      figure(times, { name: 'navigation to a typed character on screen', unit: 'ms', note: 'a reload with one TypeScript file open; Chromium without a graphics card' }),
      figure([initial], { name: 'initial JavaScript, gzip', unit: 'MB', atMost: 1.3, note: `${scripts.size} scripts loaded with the first view` }),
      figure([heap], { name: 'UI heap', unit: 'MiB', note: 'JavaScript of the page with one file open, after a collection' }),
    ]
  } finally {
    await browser.close()
    await stop(host.process)
  }
}

/** Opens a file and waits until the host has kept the layout, so that a reload shows it again. */
async function openFile(page: Page): Promise<void> {
  await page.keyboard.press('Control+p')
  await page.keyboard.type('smooth.ts')
  await page.getByRole('option', { name: /smooth\.ts/ }).first().waitFor()
  await page.keyboard.press('Enter')
  await page.locator('.monaco-editor .view-line').first().waitFor()
  await sleep(2000)
}

/** Milliseconds from the start of the navigation to the frame that shows a typed character. */
async function typeAfterReload(page: Page): Promise<number> {
  await page.reload({ waitUntil: 'commit' })
  await page.locator('.monaco-editor .view-line').first().waitFor()
  await page.locator('.monaco-editor .view-lines').first().click()
  await page.keyboard.press('Control+Home')
  const typed = page.evaluate(
    async () =>
      await new Promise<number>(resolve => {
        const look = (): void => {
          if (document.querySelector('.monaco-editor .view-lines')?.textContent?.includes('ß')) requestAnimationFrame(() => resolve(performance.now()))
          else requestAnimationFrame(look)
        }
        look()
      }),
  )
  await page.keyboard.type('ß')
  const milliseconds = await typed
  await page.keyboard.press('Control+z')
  await sleep(1000)
  return milliseconds
}

async function heapMiB(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page)
  await session.send('HeapProfiler.collectGarbage')
  const { usedSize } = await session.send('Runtime.getHeapUsage')
  return usedSize / 2 ** 20
}

function gzipped(urls: readonly string[]): number {
  const bytes = urls.reduce((sum, url) => sum + gzipSync(readFileSync(join(root, 'out/renderer', new URL(url).pathname)), { level: 9 }).byteLength, 0)
  return bytes / 1_000_000
}

interface Started {
  url: string
  pid: number
  process: ChildProcess
}

async function start(base: string, folder: string, name: string, settings: Record<string, unknown>): Promise<Started> {
  const home = join(base, name)
  mkdirSync(home, { recursive: true })
  writeFileSync(join(home, 'settings.jsonc'), JSON.stringify(settings))
  const child = spawn('npm', ['start', '--silent', '--', folder, '--json'], { cwd: root, env: { ...process.env, CORTEX_HOME: home, CORTEX_KEYCHAIN: 'off' }, stdio: ['ignore', 'pipe', 'inherit'], detached: true })
  let output = ''
  for await (const chunk of child.stdout) {
    output += String(chunk)
    if (output.includes('\n')) break
  }
  // The line that a start promises.
  return { ...(JSON.parse(output) as { url: string; pid: number }), process: child }
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = new Promise(resolve => child.once('exit', resolve))
  // npm, the starter and the host are one group.
  if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM')
  await ended
}

function residentMiB(pid: number): number {
  if (process.platform !== 'linux') return Number.NaN
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
}
