#!/usr/bin/env node
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { ensureBuilt } from './build.mjs'
import { findNode24 } from './node24.mjs'
import { at, nodeOptions, outFolder, runTool } from './project.mjs'
import { ensureInstalled } from './setup.mjs'

await runTool(async () => {
  // An installed package comes built and without sources.
  if (existsSync(at('electron.vite.config.ts'))) {
    await ensureInstalled()
    await ensureBuilt({ staysWithHost: true })
  }
  // npm runs scripts in the package; files are meant from where the person typed them.
  const cwd = process.env.npm_lifecycle_event === 'cortex' ? process.env.INIT_CWD : undefined
  const child = spawn(findNode24(), [...nodeOptions, `${outFolder}/main/cli.js`, ...process.argv.slice(2)], { cwd, stdio: 'inherit' })
  // At a terminal the signal reaches the child too; this process stays for its end.
  for (const stop of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(stop, () => child.kill(stop))
  process.exitCode = await new Promise((done, fail) => {
    child.on('error', fail)
    child.on('exit', (code, signal) => done(code ?? 128 + (constants.signals[signal] ?? 0)))
  })
})
