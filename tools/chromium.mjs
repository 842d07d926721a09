import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { findNode24 } from './node24.mjs'
import { print, runProgram } from './stage.mjs'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/** Path of a Chromium: the system's, Playwright's, or on Debian as root the one apt installs now; else null. */
export async function ensureChromium() {
  return findOnPath() ?? (await findPlaywrights()) ?? (await installByApt())
}

function findOnPath() {
  if (process.env.CORTEX_CHROMIUM) return process.env.CORTEX_CHROMIUM
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    for (const name of names) if (existsSync(join(folder, name))) return join(folder, name)
  }
  return null
}

async function findPlaywrights() {
  const { code, output } = await runProgram(findNode24(), ['--input-type=module', '-e', "import { chromium } from 'playwright-core'; process.stdout.write(chromium.executablePath())"])
  return code === 0 && existsSync(output) ? output : null
}

async function installByApt() {
  const isDebian = existsSync('/etc/os-release') && /^(ID|ID_LIKE)=.*debian/m.test(readFileSync('/etc/os-release', 'utf8'))
  if (!isDebian || process.getuid?.() !== 0) return null
  print('Installing Chromium for the tests with apt-get.')
  const environment = { DEBIAN_FRONTEND: 'noninteractive' }
  await runProgram('apt-get', ['update', '-q'], { environment })
  const { code, output } = await runProgram('apt-get', ['install', '-yq', '--no-install-recommends', 'chromium'], { environment })
  if (code !== 0) print(output.split('\n').slice(-5).join('\n'))
  return findOnPath()
}
