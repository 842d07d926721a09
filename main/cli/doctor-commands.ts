import { readFile, writeFile } from 'node:fs/promises'
import type { Command } from 'commander'
import type { Client } from '#shared/contract/index.ts'
import type { Check } from '#shared/contract/doctor.ts'
import type { SelfTestResult, SelfTestRow, SelfTestSummary } from '#shared/contract/self-test.ts'
import { verifyReport } from '../features/self-test/signed-report.ts'
import { summarize } from '../features/self-test/judge.ts'
import { withPage } from './headless-page.ts'
import { plain } from './plain-command.ts'
import { runCommand } from './run-command.ts'

interface DoctorOptions {
  egress?: boolean
  page?: boolean
  report?: string
  json?: boolean
  enforcement?: boolean
}

const exitCodes = `
Exit codes:
  0  all is well; a warning is no problem
  1  something is wrong: a check found a problem, a way out is open that should be blocked, or Cortex could not be asked
  2  the words were wrong, or ask for what cannot be: --page where no browser is found`

/** `cortex doctor` and `cortex verify-report`. */
export function addDoctorCommands(program: Command, host: () => { entryFolder: string; model: string | null }): void {
  plain(program.command('doctor'))
    .description('Look at everything that Cortex needs, and say what to do.')
    .option('--egress', 'really try every way out of every kind of process; an open page of the running Cortex tries its own')
    .option('--page', 'with --egress: where no page is open, open one in a Chromium, Chrome, Edge or Brave of this system, without a window; CORTEX_CHROMIUM names another')
    .option('--report <file>', 'with --egress: write the result, signed with the profile’s key')
    .option('--no-enforcement', 'without confinement and without the guard of the host, to see what the test finds then; a Cortex that runs already keeps both')
    .option('--json', 'print JSON')
    .addHelpText('after', exitCodes)
    .action(async (options: DoctorOptions) => {
      // The entry has read it already, before the guard of the host stood.
      if (options.enforcement === false) process.env['CORTEX_ENFORCEMENT'] = 'off'
      await runCommand(host(), async (client, signal, openPage) => {
        const test = async (): Promise<boolean> => await testEgress(client, options, signal)
        const isTest = options.egress || options.page || options.report !== undefined
        const isWell = options.page ? await withPage(client, openPage, signal, test) : isTest ? await test() : await examine(client, options)
        return isWell ? 0 : 1
      })
    })

  plain(program.command('verify-report'))
    .description('Check a signed report on any machine: it needs no profile and starts no host.')
    .argument('<file>')
    .option('--fingerprint <text>', 'the fingerprint that you were told; another key is refused')
    .option('--json', 'print JSON')
    .action(async (file: string, options: { fingerprint?: string; json?: boolean }) => {
      process.exitCode = await verify(file, options)
    })
}

async function examine(client: Client, { json }: DoctorOptions): Promise<boolean> {
  const checks = await client.doctor.check()
  process.stdout.write(json ? `${JSON.stringify(checks)}\n` : checks.map(line).join(''))
  return checks.every(({ status }) => status !== 'problem')
}

function line({ name, status, found, next }: Check): string {
  return `${status.padEnd(8)} ${name}: ${found}\n${next === null ? '' : `${' '.repeat(9)}${next}\n`}`
}

async function testEgress(client: Client, { report, json, enforcement }: DoctorOptions, signal: AbortSignal): Promise<boolean> {
  for await (const event of await client.selfTest.run({ isPage: false }, { signal })) {
    if (event.type !== 'end') continue
    if (enforcement === false && !event.result.isEnforcementOff) process.stderr.write('A running Cortex was asked: its enforcement is on. End it to see the test without.\n')
    const signed = await client.selfTest.report()
    if (report !== undefined) await writeFile(report, signed.text)
    process.stdout.write(json ? `${JSON.stringify({ ...event, fingerprint: signed.fingerprint })}\n` : `${table(event.result, event.summary)}Signed by ${signed.fingerprint}${report === undefined ? '' : `, written to ${report}`}\n`)
    return event.summary.weaker === 0
  }
  return false
}

/** 0 good, 1 not good, 2 not readable. */
async function verify(file: string, { fingerprint, json }: { fingerprint?: string; json?: boolean }): Promise<number> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch {
    process.stderr.write(`The report was not checked.\n“${file}” cannot be read.\nName another file.\n`)
    return 2
  }
  const verified = verifyReport(text, fingerprint ?? null)
  if (json) process.stdout.write(`${JSON.stringify(verified)}\n`)
  else if (verified.isGood) process.stdout.write(`${table(verified.report, summarize(verified.report.rows))}The report is unchanged. It was signed by ${verified.fingerprint}.\n`)
  else process.stderr.write(`The report is not good.\n${verified.reason}\nAsk for it again, and compare the fingerprint.\n`)
  return verified.isGood ? 0 : 1
}

const heads = ['process', 'way out', 'to', 'expected', 'found', 'by']

export function table({ at, version, platform, isEnforcementOff, rows }: SelfTestResult, { blocked, total, weaker, notRun }: SelfTestSummary): string {
  const cells = [heads, ...rows.map(cellsOf)]
  const widths = heads.map((_, column) => Math.max(...cells.map(row => row[column]?.length ?? 0)))
  const untried = rows.filter(({ verdict, expected }) => verdict === 'not-run' && expected === 'open').length
  const body = cells.map(row => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd()).join('\n')
  return [
    `Cortex ${version} on ${platform}, ${at}${isEnforcementOff ? '. ENFORCEMENT WAS OFF.' : ''}`,
    body,
    `${blocked} of ${total} ways out that must be blocked are blocked; ${weaker} weaker than expected, ${notRun} more not run.${untried > 0 ? ` Not tried, since it may be open: ${untried}.` : ''}`,
    'A terminal is yours and may do all this; so may a program that the host starts. A plain browser tab may leave for another page, connect ahead of time (preconnect) and use STUN.',
    '',
  ].join('\n')
}

function cellsOf({ process, vector, place, expected, found, by, verdict }: SelfTestRow): string[] {
  return [process, vector, place, expected, verdict === 'weaker' ? `${found}: WEAKER` : found, by]
}
