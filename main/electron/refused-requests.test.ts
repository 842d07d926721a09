import { expect, test } from 'vitest'
import { FakeClock } from '../platform/clock/fake-clock.ts'
import { FakeLedger } from '../platform/ledger/fake-ledger.ts'
import { refusedRequests } from './refused-requests.ts'

test('what the window was refused stands in the ledger, without anything of the address but its host', () => {
  const ledger = new FakeLedger()
  const clock = new FakeClock()
  const note = refusedRequests(ledger, clock)
  for (const address of ['https://img.example/a?secret=1', 'ws://127.0.0.1:8080/x', 'file:///etc/passwd', 'not an address']) note(address)
  expect(ledger.notes.map(({ who, target, port }) => [who, target, port])).toEqual([['page', 'img.example', 443], ['page', '127.0.0.1', 8080], ['page', 'file:', undefined], ['page', 'not known', undefined]])
  expect(JSON.stringify(ledger.notes)).not.toMatch(/secret|passwd/)
  for (let index = 0; index < 500; index++) note('https://img.example/')
  expect(ledger.notes).toHaveLength(60)
  clock.advance(61_000)
  note('https://late.example/')
  expect(ledger.notes.at(-1)?.target).toBe('late.example')
})
