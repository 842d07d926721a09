import { expect, test } from 'vitest'
import { untilStopped } from './until-stopped.ts'

const events = ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect'] as const

test.each(events)('%s stops it, and nothing of it is left behind', async event => {
  const before = events.map(name => process.listenerCount(name))
  const { stopped, dispose } = untilStopped()
  // By the listener itself: whoever runs this test may listen too.
  process.listeners(event as 'disconnect').at(-1)!()
  await stopped
  dispose()
  expect(events.map(name => process.listenerCount(name))).toEqual(before)
})
