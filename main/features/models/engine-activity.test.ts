import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeClock } from '../../platform/clock/fake-clock.ts'
import { Activity } from './engine-activity.ts'

let clock: FakeClock
let activity: Activity
beforeEach(() => {
  clock = new FakeClock()
  activity = new Activity(clock)
})
afterEach(() => activity.dispose())

describe('Activity', () => {
  it('knows the speed of an answer while it is read and written', () => {
    const task = activity.begin('chat')
    task.read(64, 200)
    expect(activity.now).toMatchObject({ task: 'chat', prefillTokensPerSecond: 320, tokensPerSecond: null })
    task.read(256, 400)
    expect(activity.now.prefillTokensPerSecond).toBe(640)
    task.count(1)
    clock.advance(500)
    task.count(21)
    expect(activity.now).toMatchObject({ tokensPerSecond: 40, prefillTokensPerSecond: 640 })
    task.finish({ tokensPerSecond: 42, contextUsedTokens: 300, freshTokens: 256, firstTokenMilliseconds: 9000 })
    task.end()
    expect(activity.now).toEqual({ task: 'idle', tokensPerSecond: 42, prefillTokensPerSecond: 640, contextUsedTokens: 300, queued: 0 })
  })

  it('takes the time to the first token where nothing was told of reading, and none of a few tokens', () => {
    const told = (freshTokens: number): number | null => {
      const task = activity.begin('chat')
      task.finish({ tokensPerSecond: 1, contextUsedTokens: 1, freshTokens, firstTokenMilliseconds: 100 })
      task.end()
      return activity.now.prefillTokensPerSecond
    }
    expect(told(2)).toBeNull()
    expect(told(50)).toBe(500)
    expect(told(1)).toBe(500)
  })

  it('knows how fast a completion was, as far as it tells', () => {
    const task = activity.begin('completion')
    task.fill({ tokensPerSecond: 90, prefillTokensPerSecond: 1200 })
    task.fill({ tokensPerSecond: null, prefillTokensPerSecond: null })
    task.end()
    expect(activity.now).toMatchObject({ tokensPerSecond: 90, prefillTokensPerSecond: 1200 })
  })

  it('counts what others read in the time that a call of texts waited for them', () => {
    const first = activity.begin('embedding')
    const second = activity.begin('embedding')
    clock.advance(1000)
    first.readTexts(20, 2000)
    first.end()
    expect(activity.now).toMatchObject({ textsPerSecond: 20, prefillTokensPerSecond: 2000 })
    clock.advance(1000)
    second.readTexts(20, 2000)
    second.end()
    expect(activity.now).toMatchObject({ task: 'idle', textsPerSecond: 20, prefillTokensPerSecond: 2000, tokensPerSecond: null })
    activity.forget()
    expect(activity.now.textsPerSecond).toBeNull()
  })

  it('counts whoever waits, whatever for: answers beyond the sequences, all else beyond one', () => {
    activity.sequences = 2
    const queued = (): number => activity.now.queued
    const answers = [activity.begin('chat'), activity.begin('chat')]
    expect(queued()).toBe(0)
    answers.push(activity.begin('chat'))
    expect(queued()).toBe(1)
    const others = [activity.begin('completion')]
    expect(queued()).toBe(1)
    others.push(activity.begin('completion'), activity.begin('completion'))
    expect(queued()).toBe(3)
    others.push(activity.begin('embedding'), activity.begin('embedding'), activity.begin('rerank'), activity.begin('rerank'))
    expect(queued()).toBe(5)
    for (const task of [...answers, ...others]) task.end()
    expect(activity.now).toMatchObject({ task: 'idle', queued: 0 })
  })
})
