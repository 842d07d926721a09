import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { ensureBuilt } from './build.mjs'
import { ensureChromium } from './chromium.mjs'
import { electronExecutable } from './desktop.mjs'
import { findNode24 } from './node24.mjs'
import { withoutNetwork } from './no-network.mjs'
import { at, root } from './project.mjs'
import { ensureInstalled } from './setup.mjs'
import { fail, finish, gate, print, runProgram, skip, stage } from './stage.mjs'
import { noTracingBecause, outsideCalls } from './trace-calls.mjs'

const leastCoveredPercent = 90
const reports = at('test-results')

await stage('set-up', ensureInstalled)
if (existsSync(at('node_modules', 'vitest'))) await runAll()
finish()

async function runAll() {
  const node = findNode24()
  const tool = (...path) => at('node_modules', ...path)
  rmSync(reports, { recursive: true, force: true })
  mkdirSync(reports, { recursive: true })
  if (!process.env.CORTEX_TEST_MODELS) print('CORTEX_TEST_MODELS names no folder of GGUF files: tests with real models are skipped.')

  // Each of the two keeps one core busy.
  await Promise.all([checkTypes(node, tool('typescript', 'bin', 'tsc')), gate('lint', node, [tool('eslint', 'bin', 'eslint.js'), '.', '--max-warnings', '0'])])
  await gate('boundaries', node, [tool('dependency-cruiser', 'bin', 'dependency-cruiser.mjs'), '--config', '.dependency-cruiser.mjs', 'main', 'native', 'renderer', 'preload'])
  await stage('build', ensureBuilt)
  await stage('unit, contract, architecture, security and reliability', () => runVitest(node, 'covered', ['--coverage', '--project=behaviour', '--project=alone']))
  await stage('bounds in time', () => runVitest(node, 'timed', ['--project=timed']))
  for (const folder of ['main', 'native']) await stage(`line coverage of ${folder} over ${leastCoveredPercent} %`, () => checkCoverage(folder))
  await runBrowserTests(node)
  await runDesktopTests(node)
}

async function checkTypes(node, compiler) {
  for (const name of ['shared', 'node', 'preload', 'web', 'tests']) await gate(`types of ${name}`, node, [compiler, '-p', `tsconfig.${name}.json`])
}

async function runVitest(node, name, words) {
  const report = `${reports}/${name}.json`
  const unhandled = `${reports}/${name}-unhandled.json`
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`, `--reporter=${at('tools', 'unhandled-errors.mjs')}`, `--outputFile.unhandled=${unhandled}`]
  const options = [at('node_modules', 'vitest', 'vitest.mjs'), 'run', ...words, ...reporters]
  const { code } = await runProgram(node, options, { isShown: true })
  if (!existsSync(report)) throw new Error('vitest ended without a report')
  const result = JSON.parse(readFileSync(report, 'utf8'))
  const tests = result.testResults.flatMap(file => file.assertionResults)
  for (const test of tests.filter(one => isSkipped(one.status))) print(`- skipped: ${test.fullName}`)
  const failed = tests.filter(test => test.status === 'failed')
  for (const test of failed) fail(test.fullName, test.failureMessages.join('\n'))
  // A file that could not be loaded has no tests to fail, and an unhandled rejection belongs to none.
  const broken = result.testResults.filter(file => file.status === 'failed' && file.assertionResults.length === 0)
  for (const file of broken) fail(file.name.replace(`${root}/`, ''), file.message)
  const errors = existsSync(unhandled) ? JSON.parse(readFileSync(unhandled, 'utf8')) : []
  for (const error of errors) fail('an error that belongs to no test', error)
  const told = failed.length + broken.length + errors.length
  const untold = code !== 0 && told === 0 ? 1 : 0
  if (untold > 0) fail(`vitest ended with ${code}, and no test of it failed`)
  return { passed: tests.filter(test => test.status === 'passed').length, failed: told + untold, skipped: tests.filter(test => isSkipped(test.status)).length }
}

function isSkipped(status) {
  return status === 'skipped' || status === 'pending' || status === 'todo' || status === 'disabled'
}

function checkCoverage(folder) {
  const summary = JSON.parse(readFileSync(at('coverage', 'coverage-summary.json'), 'utf8'))
  let total = 0
  let covered = 0
  for (const [file, { lines }] of Object.entries(summary)) {
    if (!file.startsWith(`${at(folder)}/`)) continue
    total += lines.total
    covered += lines.covered
  }
  const percent = (100 * covered) / total
  print(`  ${folder}: ${covered} of ${total} lines, ${percent.toFixed(1)} %`)
  if (!(percent > leastCoveredPercent)) throw new Error(`${percent.toFixed(1)} % of the lines of ${folder} are covered.`)
}

async function runBrowserTests(node) {
  const chromium = await ensureChromium()
  if (chromium === null) {
    skip('end to end', 'no Chromium was found and none could be installed')
    return
  }
  const { prefix = [], reason } = withoutNetwork()
  print(prefix.length > 0 ? '  The browser, the host and the workers run with loopback as their only network.' : `  With the network as it is: ${reason}.`)
  const untraced = noTracingBecause()
  const traces = `${reports}/traces`
  mkdirSync(traces)
  await stage('end to end', () => runPlaywright([...prefix, node], 'e2e', { CORTEX_CHROMIUM: chromium, ...(untraced ? {} : { CORTEX_TRACES: traces }) }))
  if (untraced) skip('every call of host and workers during the browser tests', untraced)
  else await stage('every call of host and workers during the browser tests went to loopback or a Unix socket', () => checkTraces(traces))
}

function checkTraces(folder) {
  const traces = readdirSync(folder).map(name => readFileSync(`${folder}/${name}`, 'utf8'))
  const calls = traces.flatMap(trace => trace.split('\n').filter(Boolean))
  print(`  ${traces.length} hosts, ${calls.length} calls, ${calls.filter(line => line.includes('sa_family=AF_INET')).length} with an internet address`)
  // A trace that saw nothing proves nothing.
  if (traces.length === 0 || calls.length < traces.length) throw new Error('Hardly a call was traced.')
  const outside = traces.flatMap(outsideCalls)
  if (outside.length > 0) throw new Error(`${outside.length} calls went outside:\n${outside.slice(0, 20).join('\n')}`)
}

async function runDesktopTests(node) {
  if (electronExecutable()) {
    await stage('desktop', () => runPlaywright([node], 'desktop', {}))
    return
  }
  const { output } = await runProgram(node, [at('node_modules', '@playwright', 'test', 'cli.js'), 'test', '--project=desktop', '--list'])
  skip('desktop', "Electron's runtime is not installed", Number(/Total: (\d+) test/.exec(output)?.[1] ?? 1))
}

async function runPlaywright([program, ...before], project, environment) {
  const report = `${reports}/${project}.json`
  const options = [...before, at('node_modules', '@playwright', 'test', 'cli.js'), 'test', `--project=${project}`]
  await runProgram(program, options, { isShown: true, environment: { ...environment, CORTEX_TEST_REPORT: report } })
  if (!existsSync(report)) throw new Error('Playwright ended without a report')
  const { stats, errors, suites } = JSON.parse(readFileSync(report, 'utf8'))
  for (const error of errors) fail(project, error.message)
  for (const status of ['unexpected', 'flaky']) for (const spec of specsOf(suites, status)) fail(`${spec.file}: ${spec.title} (${status})`, spec.tests[0]?.results[0]?.error?.message)
  for (const spec of specsOf(suites, 'skipped')) print(`- skipped: ${spec.title} (${spec.tests[0]?.annotations.find(note => note.type === 'skip')?.description ?? 'no reason given'})`)
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky + errors.length, skipped: stats.skipped }
}

function specsOf(suites, status) {
  return suites.flatMap(suite => [...specsOf(suite.suites ?? [], status), ...suite.specs.filter(spec => spec.tests.length > 0 && spec.tests.every(test => test.status === status))])
}
