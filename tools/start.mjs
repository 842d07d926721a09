import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { nodeOptions, outFolder, root, runTool, say } from './project.mjs'
import { ensureBuilt } from './build.mjs'
import { electronExecutable, offerElectron } from './desktop.mjs'
import { findNode24 } from './node24.mjs'
import { ensureInstalled } from './setup.mjs'

const stops = ['SIGINT', 'SIGTERM', 'SIGHUP']

await runTool(async () => {
  const options = process.argv.slice(2)
  await ensureInstalled()
  await ensureBuilt({ staysWithHost: true })
  const desktop = await findDesktop(options)
  process.exitCode = desktop ? await run(desktop, [root, ...options]) : await run(findNode24(), [...nodeOptions, `${outFolder}/main/serve.js`, ...options])
})

/** Electron's program when a window is wanted and the runtime is there or a person agrees to fetch it; else null. */
async function findDesktop(options) {
  if (options.some(option => ['--browser', '--json', '--help', '-h', '--version'].includes(option))) return null
  const found = electronExecutable()
  if (found) return found
  if (process.stdin.isTTY && process.stderr.isTTY && !process.env.CI && (await offerElectron())) return electronExecutable()
  say('The desktop window needs Electron, which is not here: Cortex serves the same window to the browser.')
  return null
}

/** Stays until the host ends. The host also ends when this process does, however that happens: the open channel tells it. */
async function run(program, options) {
  // npm runs scripts in the package; a folder is meant from where the person typed it.
  const cwd = process.env.npm_lifecycle_event === 'start' ? process.env.INIT_CWD : undefined
  const child = spawn(program, options, {
    cwd,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, ELECTRON_RUN_AS_NODE: undefined },
  })
  for (const stop of stops) process.on(stop, () => child.kill(stop))
  return await new Promise((done, fail) => {
    child.on('error', fail)
    child.on('exit', (code, signal) => done(code ?? 128 + (constants.signals[signal] ?? 0)))
  })
}
