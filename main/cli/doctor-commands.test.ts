import { expect, it } from 'vitest'
import type { SelfTestResult, SelfTestRow } from '#shared/contract/self-test.ts'
import { navigation, notRun, summarize } from '../features/self-test/judge.ts'
import { table } from './doctor-commands.ts'

const blocked: SelfTestRow = { process: 'host', vector: 'tcp', place: 'loopback', expected: 'blocked', found: 'blocked', by: 'in-process guard', verdict: 'as-expected' }

function lastLines(rows: SelfTestRow[]): string {
  // Only these are printed.
  const result = { at: '2026-11-28', version: '0.1.0', platform: 'linux', isEnforcementOff: false, rows } as SelfTestResult
  return table(result, summarize(rows)).split('\n').at(-3) ?? ''
}

it('counts what was not tried as the rows of the table do', () => {
  expect(lastLines([blocked])).toBe('1 of 1 ways out that must be blocked are blocked; 0 weaker than expected, 0 more not run.')
  expect(lastLines([blocked, navigation('node')])).toBe('1 of 1 ways out that must be blocked are blocked; 0 weaker than expected, 0 more not run. Not tried, since it may be open: 1.')
  const untried = notRun({ process: 'inference', hostKind: 'node' }, [{ place: 'loopback', address: '127.0.0.1', ports: {} } as never], 'not running')
  expect(lastLines([blocked, ...untried])).toContain(`${untried.length} more not run.`)
})
