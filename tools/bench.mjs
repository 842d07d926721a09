import { spawn } from 'node:child_process'
import { ensureBuilt } from './build.mjs'
import { findNode24 } from './node24.mjs'
import { at, root, runTool } from './project.mjs'
import { ensureInstalled } from './setup.mjs'

// npm run bench [-- word…]: every bench, or those whose file name holds one of the words.
await runTool(async () => {
  await ensureInstalled()
  await ensureBuilt()
  const child = spawn(findNode24(), ['--expose-gc', at('bench', 'run.ts'), ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' })
  process.exitCode = await new Promise((done, fail) => {
    child.on('error', fail)
    child.on('exit', code => done(code ?? 1))
  })
})
