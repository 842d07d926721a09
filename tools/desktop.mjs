import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { findNode24 } from './node24.mjs'
import { at, say } from './project.mjs'

const package_ = at('node_modules', 'electron')
const choice = at('node_modules', '.cortex', 'desktop-choice')

/** Path of Electron's program, or null where its runtime is not installed. Never imports the package: that would start a download. */
export function electronExecutable() {
  const pointer = join(package_, 'path.txt')
  if (!existsSync(pointer)) return null
  const path = join(package_, 'dist', readFileSync(pointer, 'utf8').trim())
  return existsSync(path) ? path : null
}

/** Asks once whether to fetch Electron's runtime, and remembers a no. True when it is there afterwards. */
export async function offerElectron() {
  if (existsSync(choice)) return false
  const { version } = JSON.parse(readFileSync(join(package_, 'package.json'), 'utf8'))
  const file = `electron-v${version}-${process.platform}-${process.arch}.zip`
  const checksum = JSON.parse(readFileSync(join(package_, 'checksums.json'), 'utf8'))[file]
  if (!checksum) return false
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  const answer = await lines.question(
    [
      `The desktop window needs the Electron ${version} runtime: about 120 MB from github.com/electron/electron,`,
      `checked against the pinned SHA-256 ${checksum.slice(0, 16)}….`,
      'Without it Cortex opens in your browser. Fetch it now? [y/N] ',
    ].join('\n'),
  )
  lines.close()
  if (!/^y(es)?$/i.test(answer.trim())) {
    mkdirSync(at('node_modules', '.cortex'), { recursive: true })
    writeFileSync(choice, 'browser\n')
    return false
  }
  // Without these, neither another source nor another list of checksums can be slipped in.
  const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm_(config|package_config)_)?electron_/i.test(name)))
  const result = spawnSync(findNode24(), [join(package_, 'install.js')], { stdio: ['ignore', 'ignore', 'inherit'], env: clean })
  if (result.status === 0) return true
  say('Electron could not be fetched. Cortex opens in your browser; the next start asks again.')
  return false
}
