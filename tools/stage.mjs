import { spawn } from 'node:child_process'
import { root } from './project.mjs'

const counts = { passed: 0, failed: 0, skipped: 0 }
const failures = []
const started = Date.now()

/** Keeps what failed, to be said once more at the end: the place where it happened is thousands of lines above. */
export function fail(name, message = '') {
  failures.push(`${name}\n${message.split('\n').slice(0, 12).join('\n')}`.trim())
}

/** Adds to the totals of the last line. */
export function count({ passed = 0, failed = 0, skipped = 0 }) {
  counts.passed += passed
  counts.failed += failed
  counts.skipped += skipped
}

export function print(line) {
  process.stdout.write(`${line}\n`)
}

export function skip(name, reason, tests = 1) {
  print(`- ${name}: skipped, ${reason}`)
  count({ skipped: tests })
}

/** Runs a program; its output is shown as it comes, or kept and shown when it fails. */
export async function runProgram(program, options, { isShown = false, environment = {} } = {}) {
  const kept = []
  const child = spawn(program, options, { cwd: root, stdio: ['ignore', isShown ? 'inherit' : 'pipe', isShown ? 'inherit' : 'pipe'], env: { ...process.env, ...environment } })
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', chunk => kept.push(String(chunk)))
  const code = await new Promise(done => {
    child.on('error', error => {
      kept.push(error.message)
      done(1)
    })
    child.on('close', value => done(value ?? 1))
  })
  return { code, output: kept.join('').trim() }
}

/** One named step with its time. `work` gives the counts, or throws with what went wrong. */
export async function stage(name, work) {
  const from = Date.now()
  const time = () => `${((Date.now() - from) / 1000).toFixed(1)} s`
  try {
    const result = (await work()) ?? { passed: 1 }
    count(result)
    print(`${result.failed ? '✗' : '✓'} ${name} (${time()})`)
  } catch (error) {
    count({ failed: 1 })
    fail(name, error.message)
    print(`✗ ${name} (${time()})\n${error.message}`)
  }
}

/** A step that is right or wrong as a whole and counts as one. */
export async function gate(name, program, options) {
  await stage(name, async () => {
    const { code, output } = await runProgram(program, options)
    if (code !== 0) throw new Error(output)
  })
}

/** The very last line, and the exit status. */
export function finish() {
  for (const failure of failures) print(`✗ failed: ${failure}`)
  print(`Ran for ${Math.round((Date.now() - started) / 1000)} s.`)
  print(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`)
  process.exitCode = counts.failed > 0 ? 1 : 0
}
