import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { ensureBuilt } from './build.mjs'
import { ensureChromium } from './chromium.mjs'
import { findNode24 } from './node24.mjs'
import { at, root, runTool } from './project.mjs'
import { ensureInstalled } from './setup.mjs'

// npm run bench [-- word…]: every bench, or those whose file name holds one of the words.
await runTool(async () => {
  const words = process.argv.slice(2)
  await ensureInstalled()
  await ensureBuilt()
  const chromium = needsBrowser(words) ? await ensureChromium() : null
  const env = { ...process.env, ...(chromium === null ? {} : { CORTEX_CHROMIUM: chromium }) }
  const child = spawn(findNode24(), ['--expose-gc', at('bench', 'run.ts'), ...words], { cwd: root, stdio: 'inherit', env })
  process.exitCode = await new Promise((done, fail) => {
    child.on('error', fail)
    child.on('exit', code => done(code ?? 1))
  })
})

// Looking for a browser may install one: only for who measures in it.
function needsBrowser(words) {
  const names = readdirSync(at('bench')).filter(name => name.endsWith('.bench.ts') && (words.length === 0 || words.some(word => name.includes(word))))
  return names.some(name => readFileSync(at('bench', name), 'utf8').includes('find-chromium.ts'))
}
