import { ensureBuilt } from './build.mjs'
import { findNode24 } from './node24.mjs'
import { at, runTool } from './project.mjs'
import { ensureInstalled } from './setup.mjs'
import { runProgram } from './stage.mjs'

// npm run soak [-- word…]: the tests of the security and reliability tables with all their rounds, or those whose file name holds one of the words.
await runTool(async () => {
  await ensureInstalled()
  await ensureBuilt()
  const words = process.argv.slice(2)
  const { code } = await runProgram(findNode24(), [at('node_modules', 'vitest', 'vitest.mjs'), 'run', ...(words.length > 0 ? words : ['tests/security', 'tests/reliability'])], { isShown: true, environment: { CORTEX_SOAK: '1' } })
  process.exitCode = code
})
