import { spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { ensureBuilt } from './build.mjs'
import { findNode24 } from './node24.mjs'
import { at, outFolder, runTool, say } from './project.mjs'
import { scenes } from './screenshot-scenes.mjs'
import { ensureInstalled } from './setup.mjs'

// npm run screenshots [-- word…]: draws every view, or those whose name holds one of the words, into docs/screenshots/.
const large = { width: 1440, height: 900 }
const small = { width: 1024, height: 640 }
const variants = [
  { suffix: '', theme: 'dark', viewport: large },
  { suffix: '-light', theme: 'light', viewport: large },
  { suffix: '-high-contrast', theme: 'high-contrast', viewport: large, onlyIn: 'contrast' },
  { suffix: '-small', theme: 'dark', viewport: small, onlyIn: 'small' },
  { suffix: '-small-light', theme: 'light', viewport: small, onlyIn: 'small' },
]
const words = process.argv.slice(2)
const target = at('docs', 'screenshots')

await runTool(async () => {
  await ensureInstalled()
  await ensureBuilt()
  mkdirSync(target, { recursive: true })
  const browser = await chromium.launch({ executablePath: process.env.CORTEX_CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--font-render-hinting=none'] })
  try {
    for (const variant of variants) await takeVariant(browser, variant)
  } finally {
    await browser.close()
  }
})

async function takeVariant(browser, { suffix, theme, viewport, onlyIn }) {
  const wanted = scenes.filter(({ name, also = [] }) => (onlyIn === undefined || also.includes(onlyIn)) && (words.length === 0 || words.some(word => `${name}${suffix}`.includes(word))))
  for (const scene of wanted) {
    const host = await startHost(theme, scene)
    const context = await browser.newContext({ viewport, colorScheme: theme === 'light' ? 'light' : 'dark', reducedMotion: 'reduce', timezoneId: 'UTC', locale: 'en-GB' })
    try {
      const page = await context.newPage()
      page.setDefaultTimeout(60_000)
      page.on('pageerror', error => say(`${scene.name}: ${error.message}`))
      await page.goto(host.url)
      await scene.run(page, host)
      await page.screenshot({ path: join(target, `${scene.name}${suffix}.png`) })
      say(`${scene.name}${suffix}.png`)
    } catch (error) {
      say(`${scene.name}${suffix}: ${error.message.split('\n').slice(0, 4).join(' ')}`)
      process.exitCode = 1
    } finally {
      await context.close()
      await host.stop()
    }
  }
}

/** A host with a home, a profile and a copy of the example folder of its own; answers are the same each time. */
async function startHost(theme, { isWelcome = false, settings = {}, prepare }) {
  // What a scene needs beside the host, and the settings that lead to it.
  const { settings: prepared = {}, stop: stopPrepared } = (await prepare?.()) ?? {}
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'cortex-screenshots-')))
  const home = join(base, 'home')
  const state = join(home, '.local', 'share', 'cortex')
  const folder = join(home, 'ridge-loop')
  mkdirSync(state, { recursive: true, mode: 0o700 })
  cpSync(at('tests', 'fixtures', 'workspace'), folder, { recursive: true })
  writeFileSync(join(state, 'settings.jsonc'), JSON.stringify({ 'appearance.theme': theme, 'chat.temperature': 0, 'terminal.shell': '/bin/bash', ...settings, ...prepared }))
  writeFileSync(join(home, '.bashrc'), "PS1='\\[\\e[36m\\]\\W\\[\\e[0m\\] $ '\nHISTFILE=\n")
  for (const name of ['notes', 'field-recordings', 'site']) mkdirSync(join(home, name))
  const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm_|XDG_)/.test(name)))
  const run = (...options) => spawn(findNode24(), [join(outFolder, 'main', 'serve.js'), ...options, '--json', '--no-open'], { env: { ...environment, HOME: home, CORTEX_HOME: state, CORTEX_KEYCHAIN: 'off' }, stdio: ['ignore', 'pipe', 'inherit'] })
  const child = run(...(isWelcome ? [] : [folder]))
  const { url } = await firstLine(child)
  const stop = async () => {
    const ended = new Promise(done => child.once('exit', done))
    child.kill()
    await ended
    await stopPrepared?.()
    rmSync(base, { recursive: true, force: true, maxRetries: 5 })
  }
  return { url, folder, home, stop }
}

async function firstLine(child) {
  let output = ''
  for await (const chunk of child.stdout) {
    output += chunk
    if (output.includes('\n')) return JSON.parse(output.slice(0, output.indexOf('\n')))
  }
  throw new Error('The host ended before it was ready')
}
