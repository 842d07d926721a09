import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { programVectors, type SelfTestProcess, type SelfTestResult, type SelfTestSummary } from '#shared/contract/self-test.ts'
import { verifyReport } from '../../main/features/self-test/signed-report.ts'

// A network of its own with an interface that other machines could be behind, so that sinks off loopback exist wherever this runs.
const makeNetwork = 'ip link set lo up && { ip link add test0 type dummy 2>/dev/null || { ip link add test0 type veth peer name test1 && ip link set test1 up; }; } && ip addr add 10.77.0.1/24 dev test0 && ip link set test0 up && exec "$@"'
const prefix = ['-rn', 'sh', '-c', makeNetwork, 'sh']
const canMake = spawnSync('unshare', [...prefix, 'true'], { stdio: 'ignore' }).status === 0
const hasBubblewrap = spawnSync('unshare', [...prefix, 'bwrap', '--unshare-user', '--unshare-net', '--ro-bind', '/', '/', 'true'], { stdio: 'ignore' }).status === 0
const folder = mkdtempSync(join(tmpdir(), 'cortex-self-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Outcome {
  result: SelfTestResult
  summary: SelfTestSummary
  report: string
}

function run(mode: 'on' | 'namespace' | 'off' | 'abstract'): Outcome {
  const script = join(import.meta.dirname, '../support/self-test-script.ts')
  return JSON.parse(execFileSync('unshare', [...prefix, process.execPath, script, mode, folder], { encoding: 'utf8', timeout: 90_000 })) as Outcome
}

const found = ({ rows }: SelfTestResult, process: SelfTestProcess) => rows.filter(row => row.process === process).map(row => row.found)
const ways = programVectors.length * 2

describe.skipIf(!canMake)(`the egress self-test in a network of its own${canMake ? '' : ' (skipped: unshare and ip are needed)'}`, () => {
  const modes = [...(hasBubblewrap ? (['on'] as const) : []), 'namespace' as const]
  it.each(modes)('finds the model process shut and the terminal open, with enforcement %s', mode => {
    const { result, summary, report } = run(mode)
    const confined = ['inference', 'keeper', 'keychain'] as const
    for (const process of confined) expect(found(result, process), process).toEqual(Array(ways).fill('blocked'))
    expect(result.rows.filter(row => confined.some(process => process === row.process)).every(row => row.by.startsWith(mode === 'on' ? 'bubblewrap' : 'Linux namespace'))).toBe(true)
    expect(found(result, 'terminal')).toEqual(Array(ways).fill('open'))
    expect(found(result, 'page').every(way => way === 'not-run')).toBe(true)
    // This host has no guard: the test says so instead of passing over it.
    expect(result.rows.filter(row => row.process === 'host' && row.verdict === 'weaker')).toHaveLength(ways - 2)
    expect(summary.blocked).toBe(ways * 3)
    expect(verifyReport(report, null).isGood).toBe(true)
    console.log(`Egress self-test (${mode}): ${summary.blocked} of ${summary.total} blocked, ${summary.weaker} weaker than expected, ${summary.notRun} not run`)
  }, 100_000)

  it('says that the keychain worker has the network where the bus is an abstract socket', () => {
    const { result } = run('abstract')
    expect(found(result, 'keychain')).toEqual(Array(ways).fill('open'))
    expect(result.rows.filter(row => row.process === 'keychain').every(row => row.verdict === 'weaker')).toBe(true)
    expect(found(result, 'keeper')).toEqual(Array(ways).fill('blocked'))
  }, 100_000)

  it('finds everything open with enforcement turned off', () => {
    const { result, summary } = run('off')
    expect(result.isEnforcementOff).toBe(true)
    for (const process of ['inference', 'keeper', 'keychain'] as const) expect(found(result, process), process).toEqual(Array(ways).fill('open'))
    expect(result.rows.filter(row => row.process === 'inference').every(row => row.verdict === 'weaker')).toBe(true)
    expect(summary.blocked).toBe(0)
  }, 100_000)
})
