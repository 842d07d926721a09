import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { _electron, expect, test, type ElectronApplication } from '@playwright/test'
import { findElectron } from '../support/find-electron.ts'

const program = findElectron()
const root = join(import.meta.dirname, '../..')
const reason = 'Electron\'s runtime is not installed here: npm start fetches it when asked, and CORTEX_ELECTRON names another'

test.skip(program === null, reason)
test.describe.configure({ mode: 'serial' })

let base: string
let running: ElectronApplication | null = null

test.beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'cortex-desktop-'))
  cpSync(join(root, 'tests/fixtures/workspace'), join(base, 'workspace'), { recursive: true })
})
test.afterEach(async () => {
  await running?.close()
  running = null
  rmSync(base, { recursive: true, force: true })
})

async function start(): Promise<ElectronApplication> {
  const environment = Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined))
  running = await _electron.launch({
    ...(program === null ? {} : { executablePath: program }),
    // Chromium's sandbox does not start for root.
    args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), root, join(base, 'workspace')],
    env: { ...environment, CORTEX_KEYCHAIN: 'off', CORTEX_HOME: join(base, 'home') },
  })
  return running
}

test('opens a window on the folder, served from app://cortex over the port alone', async () => {
  const application = await start()
  const page = await application.firstWindow()
  await expect(page.getByRole('treeitem').first()).toBeVisible()
  expect(new URL(page.url()).host).toBe('cortex')
  expect(await page.evaluate(() => ({ isIsolated: crossOriginIsolated, hasNode: 'require' in globalThis || 'process' in globalThis }))).toEqual({ isIsolated: true, hasNode: false })
})

test('answers over the port again after a reload', async () => {
  const page = await (await start()).firstWindow()
  await expect(page.getByRole('treeitem').first()).toBeVisible()
  await page.reload()
  await expect(page.getByRole('treeitem').first()).toBeVisible()
})

test('goes nowhere: neither by navigation, nor by a new window, nor by a request', async () => {
  const application = await start()
  const page = await application.firstWindow()
  await expect(page.getByRole('treeitem').first()).toBeVisible()
  const before = page.url()
  await page.evaluate(() => {
    location.href = 'https://example.com/'
  })
  await page.evaluate(() => window.open('ftp://example.com/'))
  expect(await page.evaluate(async () => await fetch('https://example.com/').then(() => 'answered', () => 'refused'))).toBe('refused')
  await page.waitForTimeout(500)
  expect(page.url()).toBe(before)
  expect(application.windows()).toHaveLength(1)
})

test('refuses what a page could ask for', async () => {
  const page = await (await start()).firstWindow()
  expect(await page.evaluate(async () => (await navigator.permissions.query({ name: 'geolocation' })).state)).toBe('denied')
  expect(await page.evaluate(async () => await navigator.mediaDevices.getUserMedia({ audio: true }).then(() => 'given', () => 'refused'))).toBe('refused')
})

test('opens where it was', async () => {
  const first = await start()
  await first.firstWindow()
  await first.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setBounds({ x: 80, y: 60, width: 1000, height: 700 }))
  await expect.poll(() => (existsSync(join(base, 'home/window.json')) ? readFileSync(join(base, 'home/window.json'), 'utf8') : '')).toContain('1000')
  await first.close()
  const second = await start()
  await second.firstWindow()
  const bounds = await second.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds())
  expect(bounds).toMatchObject({ width: 1000, height: 700 })
})

test('comes back once when its page is killed, then shows the recovery page', async () => {
  const application = await start()
  await application.firstWindow()
  const crash = async (): Promise<void> => {
    await application.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer())
  }
  const address = async (): Promise<string | undefined> => await application.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.getURL())
  await crash()
  await expect.poll(address).toContain('/index.html')
  await crash()
  await expect.poll(address).toContain('/recovery.html')
})
