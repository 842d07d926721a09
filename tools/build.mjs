import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { findNode24 } from './node24.mjs'
import { at, outFolder, PlainError, root, runTool, say, withLock } from './project.mjs'
import { ensureInstalled } from './setup.mjs'

const sources = ['main', 'native', 'preload', 'renderer', 'electron.vite.config.ts', 'page.config.ts', 'tsconfig.base.json', 'package.json', 'package-lock.json']
const stamp = join(outFolder, 'source-hash')
// Beside `out/`, so that source maps find their sources from both.
const fresh = `${outFolder}.new`
const former = `${outFolder}.old`
const isNoSource = name => /\.test\.tsx?$/.test(name)

/**
 * Builds into `out/` when the sources differ from those of the last build; progress on stderr. With `staysWithHost` a host that runs is left
 * its build: what starts beside it speaks its language, and the page it serves keeps its files.
 */
export async function ensureBuilt({ staysWithHost = false } = {}) {
  if (isCurrent()) return
  if (staysWithHost && existsSync(stamp) && isHostRunning()) {
    say('Cortex runs already and stays with its build; changed sources count from the next start after it has ended.')
    return
  }
  await withLock('.cortex-build.lock', async () => {
    if (!isCurrent()) await build()
  })
}

function isCurrent() {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === sourceHash()
}

function isHostRunning() {
  return spawnSync(findNode24(), [at('tools', 'host-running.mjs')], { stdio: 'ignore', timeout: 10_000 }).status === 0
}

function sourceHash() {
  const hash = createHash('sha256')
  for (const source of sources) {
    for (const file of listFiles(at(source))) hash.update(`${relative(root, file)}\0`).update(readFileSync(file)).update('\0')
  }
  return hash.digest('hex')
}

function listFiles(path) {
  if (!existsSync(path)) return []
  if (statSync(path).isFile()) return isNoSource(path) ? [] : [path]
  return readdirSync(path).sort().flatMap(name => listFiles(join(path, name)))
}

async function build() {
  say('Building Cortex.')
  const started = Date.now()
  // Taken before the build: a source that changes meanwhile makes the next build.
  const hash = sourceHash()
  const lines = []
  rmSync(fresh, { recursive: true, force: true })
  const code = await new Promise(done => {
    const child = spawn(findNode24(), [at('node_modules', 'electron-vite', 'bin', 'electron-vite.js'), 'build', '--logLevel', 'warn'], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, CORTEX_OUT: fresh },
    })
    for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => lines.push(String(chunk)))
    child.on('error', error => {
      lines.push(error.message)
      done(1)
    })
    child.on('close', done)
  })
  if (code !== 0) throw new PlainError('Cortex could not be built.', lines.join('').trim(), 'Fix what is named above, then start again.')
  writeFileSync(join(fresh, 'source-hash'), hash)
  // Whole or not at all: a build that fails or is cut short leaves the former one as it is.
  rmSync(former, { recursive: true, force: true })
  if (existsSync(outFolder)) renameSync(outFolder, former)
  renameSync(fresh, outFolder)
  rmSync(former, { recursive: true, force: true })
  say(`Built in ${((Date.now() - started) / 1000).toFixed(1)} s.`)
}

if (import.meta.filename === process.argv[1]) {
  await runTool(async () => {
    await ensureInstalled()
    await ensureBuilt()
  })
}
