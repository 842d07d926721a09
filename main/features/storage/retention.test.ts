import { describe, expect, it } from 'vitest'
import { settingDefinitions, type Settings } from '#shared/setting-definitions.ts'
import { FakeAudit } from '../../platform/audit/fake-audit.ts'
import { FakeClock } from '../../platform/clock/fake-clock.ts'
import { openFakeStorage } from '../../platform/storage/fake-storage.ts'
import { weighClock } from './clock-trust.ts'
import { Retention } from './retention.ts'

const day = 86_400_000

function setUp(days: Settings['privacy.keepConversations']) {
  const clock = new FakeClock()
  const audit = new FakeAudit()
  const asked: Date[] = []
  // Each key gets the default of its own definition.
  const values = { ...Object.fromEntries(Object.entries(settingDefinitions).map(([key, { default: value }]) => [key, value])), 'privacy.keepConversations': days } as Settings
  const retention = new Retention({
    storage: openFakeStorage(clock),
    clock,
    audit,
    settings: { values: async () => values },
    kinds: [{ kind: 'conversations', setting: 'privacy.keepConversations', forget: before => asked.push(before) }],
  })
  return { clock, audit, asked, retention }
}

describe('retention', () => {
  it('deletes what is older than the person wants, and records the number', async () => {
    const { clock, audit, asked, retention } = setUp('30')
    await retention.apply()
    expect(asked).toEqual([new Date(clock.now().getTime() - 30 * day)])
    expect(audit.events).toMatchObject([{ kind: 'retention.apply', subject: 'conversations', details: { count: 1, days: 30 } }])
  })

  it('deletes nothing that is to be kept for ever', async () => {
    const { asked, retention } = setUp('forever')
    await retention.apply()
    expect(asked).toEqual([])
  })

  it('deletes nothing on a clock that was set a year forward or back, and goes on a day later', async () => {
    const { clock, asked, retention } = setUp('30')
    await retention.apply()
    clock.advance(365 * day)
    await retention.apply()
    expect(retention.isClockDoubted).toBe(true)
    clock.advance(-365 * day)
    await retention.apply()
    expect(retention.isClockDoubted).toBe(true)
    expect(asked).toHaveLength(1)
    clock.advance(60_000)
    await retention.apply()
    expect(asked).toHaveLength(2)
  })
})

describe('whether the clock is believed', () => {
  it('is after a day on which a leap has stood', () => {
    const start = new Date('2026-05-01T00:00:00Z')
    const after = (days: number): Date => new Date(start.getTime() + days * day)
    let memory = weighClock(null, start).memory
    expect(weighClock(memory, after(30)).isTrusted).toBe(true)
    const leap = weighClock(memory, after(400))
    expect(leap.isTrusted).toBe(false)
    memory = leap.memory
    const soon = weighClock(memory, after(400.5))
    expect(soon.isTrusted).toBe(false)
    expect(weighClock(soon.memory, after(401.1)).isTrusted).toBe(true)
  })
})
