import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Page } from '@playwright/test'
import { pageHeaders } from '../main/transport/content-security-policy.ts'
import { buildPage, readPageFile } from '../tests/support/build-page.ts'
import { findChromium } from '../tests/support/find-chromium.ts'
import { startApp } from '../tests/support/start-app.ts'
import { figure, ratiosOfPairs, type Figure } from './figure.ts'
import type {} from './terminal-page/main.ts'

const pairs = 7
const megabytes = 50
const line = `${'The quick brown fox jumps over the lazy dog, 0123456789. '.repeat(2).slice(0, 98)}\n`
const lines = Math.ceil((megabytes * 1e6) / line.length)
const window128k = 128 * 1024
// A page that the bench hands in has no address of its own, and such a page may not speak to this machine unless told so.
const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-features=LocalNetworkAccessChecks']

/** The shell's way to the screen against xterm fed from memory in the same page, and whether Ctrl-C gets through a flood. */
export async function run(): Promise<Figure[]> {
  const base = mkdtempSync(join(tmpdir(), 'cortex-terminal-bench-'))
  const folder = join(base, 'page')
  await buildPage(join(import.meta.dirname, 'terminal-page'), folder)
  const app = await startApp({ environment: { SHELL: '/bin/bash' } })
  const executablePath = findChromium()
  const browser = await chromium.launch({ ...(executablePath === null ? {} : { executablePath }), args })
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
    const address = new URL(app.url)
    await page.route(`${address.origin}/bench/**`, async route => {
      const file = readPageFile(folder, new URL(route.request().url()).pathname.replace('/bench', ''))
      if (file) await route.fulfill({ body: file.body, headers: { 'content-type': file.type, ...pageHeaders([`ws://${address.host}`]) } })
      else await route.fulfill({ status: 404 })
    })
    await page.goto(`${address.origin}/bench/${address.hash}`)
    await page.evaluate(() => window.bench.then(() => undefined))
    return [...(await throughput(page, base)), await interruption(page, base)]
  } finally {
    await browser.close()
    await app.dispose()
    rmSync(base, { recursive: true, force: true })
  }
}

async function throughput(page: Page, base: string): Promise<Figure[]> {
  const file = join(base, 'flood.txt')
  writeFileSync(file, line.repeat(lines))
  const piece = line.replace('\n', '\r\n').repeat(650)
  const times = Math.round(lines / 650)
  const speeds: number[] = []
  const waiting: number[] = []
  const lost: number[] = []
  const product = async (): Promise<number> => {
    const { milliseconds, mostWaiting, characters } = await page.evaluate(async command => (await window.bench).throughShell(command), `cat ${file}`)
    waiting.push(mostWaiting / 1024)
    // Each line gains a carriage return on its way; the prompt and the command's own echo come on top.
    lost.push(Math.max(0, lines * (line.length + 1) - characters))
    const speed = (lines * line.length) / 1e3 / milliseconds
    speeds.push(speed)
    return speed
  }
  const peer = async (): Promise<number> => {
    const milliseconds = await page.evaluate(async ([text, count]) => (await window.bench).fromMemory(text, count), [piece, times] as const)
    return (times * 650 * line.length) / 1e3 / milliseconds
  }
  await product()
  speeds.length = 0
  const ratios = await ratiosOfPairs(pairs, product, peer)
  return [
    figure(ratios, { name: `terminal: ${megabytes} MB cat to the screen over xterm fed from memory`, unit: 'ratio', atLeast: 0.6, note: `${speeds.map(speed => speed.toFixed(1)).join(', ')} MB/s through the shell; Chromium without a graphics card` }),
    figure(lost, { name: 'terminal: characters dropped', unit: 'characters', atMost: 0 }),
    figure(waiting, { name: 'terminal: most output that waits in the page', unit: 'kB', atMost: window128k / 1024 }),
  ]
}

async function interruption(page: Page, base: string): Promise<Figure> {
  const stamp = join(base, 'stamp')
  const script = join(base, 'flood.sh')
  // bash writes the time itself, without another process, as soon as the signal reaches it.
  writeFileSync(script, `trap 'printf %s "$EPOCHREALTIME" > ${stamp}; kill $!; exit' INT\nyes '${line.trim()}' &\nwait\n`)
  const times: number[] = []
  for (let round = 0; round < pairs; round++) {
    const pressed = await page.evaluate(async command => (await window.bench).interrupt(command, 900), `bash ${script}`)
    times.push(Number(readFileSync(stamp, 'utf8').replace(',', '.')) * 1000 - pressed)
  }
  return figure(times, { name: 'terminal: Ctrl-C during a flood to its signal', unit: 'ms', atMost: 100 })
}
