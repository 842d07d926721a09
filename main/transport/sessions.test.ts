import { expect, test } from 'vitest'
import { FakeClock } from '../platform/clock/fake-clock.ts'
import { Sessions } from './sessions.ts'

test('a code works once and for five minutes', () => {
  const clock = new FakeClock()
  const sessions = new Sessions(clock)
  const [early, late] = [sessions.mintCode(), sessions.mintCode()]
  clock.advance(299_999)
  const first = sessions.exchange(early)
  if (first.outcome !== 'granted') throw new Error('The code was refused')
  expect(sessions.accepts(first.token)).toBe(true)
  expect(sessions.exchange(early).outcome).toBe('refused')
  clock.advance(2)
  expect(sessions.exchange(late).outcome).toBe('refused')
})

test('ten wrong codes close the door for a minute', () => {
  const clock = new FakeClock()
  const sessions = new Sessions(clock)
  for (let tries = 0; tries < 10; tries += 1) expect(sessions.exchange('wrong').outcome).toBe('refused')
  const code = sessions.mintCode()
  expect(sessions.exchange(code).outcome).toBe('too-many-tries')
  clock.advance(60_000)
  expect(sessions.exchange(code).outcome).toBe('granted')
})

test('only tokens that were given are accepted, and the oldest tab goes first', () => {
  const sessions = new Sessions(new FakeClock())
  for (const token of [undefined, '', 'x', sessions.mintCode()]) expect(sessions.accepts(token)).toBe(false)
  const tokens = Array.from({ length: 1001 }, () => sessions.exchange(sessions.mintCode())).map(exchange => (exchange.outcome === 'granted' ? exchange.token : ''))
  expect(sessions.accepts(tokens[0])).toBe(false)
  expect(sessions.accepts(tokens.at(-1))).toBe(true)
  expect(sessions.accepts(sessions.apiToken)).toBe(true)
})
