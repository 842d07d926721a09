import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { at, PlainError, root, runTool, say, withLock } from './project.mjs'

const stamp = at('node_modules', '.cortex', 'lockfile-hash')

/** Installs the packages of the lockfile when they are not there or the lockfile is another; says so on stderr. */
export async function ensureInstalled() {
  if (isCurrent()) return
  await withLock('.cortex-setup.lock', async () => {
    if (isCurrent()) return
    if (!isInstalledAlready()) await install()
    mkdirSync(at('node_modules', '.cortex'), { recursive: true })
    writeFileSync(stamp, lockfileHash())
  })
}

function lockfileHash() {
  return createHash('sha256').update(readFileSync(at('package-lock.json'))).digest('hex')
}

function isCurrent() {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === lockfileHash()
}

/** True when npm's own record of what it installed has every package of the lockfile in its version (packages for other platforms aside). */
function isInstalledAlready() {
  const record = at('node_modules', '.package-lock.json')
  if (!existsSync(record)) return false
  const wanted = JSON.parse(readFileSync(at('package-lock.json'), 'utf8')).packages
  const present = JSON.parse(readFileSync(record, 'utf8')).packages
  return Object.entries(wanted).every(([path, entry]) => path === '' || (present[path] ? present[path].version === entry.version : entry.optional === true))
}

async function install() {
  say("Installing packages, once: about 1.5 GB, mostly llama.cpp's kernels for graphics cards. On a slow line this takes some minutes.")
  const started = Date.now()
  const lines = []
  const code = await new Promise(done => {
    const npm = process.env.npm_execpath?.endsWith('.js') ? [process.execPath, process.env.npm_execpath] : ['npm']
    const child = spawn(npm[0], [...npm.slice(1), 'ci', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      // npm is a script that only the shell can start there.
      shell: process.platform === 'win32' && npm.length === 1,
    })
    for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => lines.push(String(chunk)))
    const progress = setInterval(() => say(`Still installing, ${Math.round((Date.now() - started) / 1000)} s.`), 15_000)
    const end = value => {
      clearInterval(progress)
      done(value)
    }
    child.on('error', error => {
      lines.push(error.message)
      end(1)
    })
    child.on('close', end)
  })
  if (code === 0) {
    say(`Installed in ${Math.round((Date.now() - started) / 1000)} s.`)
    return
  }
  const output = lines.join('').trim()
  const isOffline = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ENETUNREACH|ETIMEDOUT|ECONNRESET/.test(output)
  throw new PlainError(
    'The packages could not be installed.',
    isOffline ? 'The npm registry did not answer.' : `npm ended with ${code}:\n${output.split('\n').slice(0, 15).join('\n')}`,
    isOffline ? 'Check the connection to the registry (npm ping), then start again.' : 'Fix what npm names, then start again.',
  )
}

if (import.meta.filename === process.argv[1]) await runTool(ensureInstalled)
