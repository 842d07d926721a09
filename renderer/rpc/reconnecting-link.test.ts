import { afterEach, describe, expect, it } from 'vitest'
import { setConnection } from './connection.ts'
import { reconnectingLink, type Line } from './reconnecting-link.ts'

const line = (call: () => Promise<unknown>, closed = new AbortController().signal): Line => ({ link: { call }, closed })
const call = (current: () => Line | null, signal?: AbortSignal): Promise<unknown> => reconnectingLink(current).call(['app', 'info'], undefined, { context: {}, ...(signal ? { signal } : {}) })

afterEach(() => setConnection({ status: 'connecting' }))

describe('reconnectingLink', () => {
  it('holds a call until the line is open', async () => {
    const answer = call(() => line(async () => 'pong'))
    setConnection({ status: 'lost', attempts: 1 })
    setConnection({ status: 'open' })
    expect(await answer).toBe('pong')
  })

  it('lets a waiting call be aborted', async () => {
    const aborting = new AbortController()
    const answer = call(() => null, aborting.signal)
    aborting.abort()
    await expect(answer).rejects.toMatchObject({ name: 'AbortError' })
  })

  it('names a call that broke with its line, and passes other errors on', async () => {
    setConnection({ status: 'open' })
    const closing = new AbortController()
    const broken = call(() =>
      line(async () => {
        closing.abort()
        throw new Error('closed')
      }, closing.signal),
    )
    await expect(broken).rejects.toMatchObject({ code: 'HOST_UNREACHABLE' })
    await expect(call(() => line(async () => Promise.reject(new Error('bug'))))).rejects.toThrow('bug')
  })
})
