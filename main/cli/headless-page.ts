import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Client } from '#shared/contract/index.ts'
import { findBrowser } from './find-browser.ts'
import { UsageError } from './usage-error.ts'

const openMilliseconds = 30_000
const endMilliseconds = 5000
/** For the first word of a stream to come. */
const alreadyMilliseconds = 500
const action = 'Open Cortex in a browser yourself and run this again without --page: an open page is asked.'

/**
 * Has a page of the host attend a self-test while `work` runs: one that is open already, else one in a browser of this system that shows no window
 * and has a profile of its own. Throws a UsageError where no browser is found, or where it does not open the page.
 */
export async function withPage<T>(client: Client, openPage: () => Promise<string>, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  if (await isAttended(client, signal, alreadyMilliseconds)) return await work()
  if ((await client.app.info()).hostKind === 'electron') throw new UsageError({ what: 'The page was not tried.', why: 'The running Cortex has a window of its own, which is closed; a page in a browser would not stand for it.', action: 'Open its window and run this again.' })
  const browser = findBrowser(process.env, process.platform)
  if (browser === null) throw new UsageError({ what: 'The page was not tried.', why: 'No Chromium, Chrome, Edge or Brave was found on this system.', action: `Name one by its path in CORTEX_CHROMIUM. ${action}` })
  const folder = await mkdtemp(join(tmpdir(), 'cortex-page-'))
  let child: ChildProcess | null = null
  try {
    // Not on its command line, where everybody could read the code in it.
    const start = join(folder, 'start.html')
    await writeFile(start, `<!doctype html><meta http-equiv="refresh" content="0;url=${(await openPage()).replaceAll('&', '&amp;')}">`, { mode: 0o600 })
    child = startBrowser(browser, join(folder, 'profile'), start)
    if (!(await isAttended(client, signal, openMilliseconds))) throw new UsageError({ what: 'The page was not tried.', why: `“${browser}” did not open it within ${openMilliseconds / 1000} s.`, action })
    return await work()
  } finally {
    if (child) await ended(child)
    await rm(folder, { recursive: true, force: true, maxRetries: 5 }).catch(() => undefined)
  }
}

function startBrowser(browser: string, profile: string, start: string): ChildProcess {
  const quiet = ['--no-first-run', '--no-default-browser-check', '--disable-background-networking', '--disable-component-update', '--disable-default-apps', '--disable-extensions', '--disable-sync', '--disable-gpu']
  // Chromium refuses to run its sandbox as root.
  const root = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  const child = spawn(browser, ['--headless=new', `--user-data-dir=${profile}`, ...quiet, ...root, pathToFileURL(start).href], { stdio: 'ignore' })
  // Then no page attends, and that is said.
  child.on('error', () => undefined)
  return child
}

/** Whether a page attends before the time is over. */
async function isAttended(client: Client, signal: AbortSignal, milliseconds: number): Promise<boolean> {
  const late = AbortSignal.timeout(milliseconds)
  try {
    for await (const { pages } of await client.selfTest.watch(undefined, { signal: AbortSignal.any([signal, late]) })) if (pages > 0) return true
  } catch (error) {
    if (!late.aborted) throw error
  }
  signal.throwIfAborted()
  return false
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise(resolve => child.once('exit', resolve))
  child.kill()
  const hung = setTimeout(() => child.kill('SIGKILL'), endMilliseconds)
  await gone
  clearTimeout(hung)
}
