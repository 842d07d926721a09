import { describe, expect, it, vi } from 'vitest'
import { follow, foreseen } from './follow.ts'

async function* events(list: readonly number[], error?: unknown): AsyncGenerator<number> {
  yield* list
  if (error) throw error
}

describe('follow', () => {
  it('asks again when the stream breaks, and stops when told', async () => {
    const seen: number[] = []
    let calls = 0
    const stop = follow(
      async () => {
        calls += 1
        return events([calls], new Error('connection lost'))
      },
      event => seen.push(event),
    )
    await vi.waitFor(() => expect(seen).toEqual([1, 2, 3]), { timeout: 5000 })
    stop()
    const at = calls
    await new Promise(resolve => setTimeout(resolve, 400))
    expect(calls).toBe(at)
  })

  it('hands a foreseen error over and does not ask again', async () => {
    const failed = vi.fn()
    const open = vi.fn(async () => events([], Object.assign(new Error('x'), { code: 'WORKSPACE_NOT_FOUND', data: { workspaceId: 'w' } })))
    follow(open, () => undefined, { onFailure: failed })
    await vi.waitFor(() => expect(failed).toHaveBeenCalledWith({ code: 'WORKSPACE_NOT_FOUND', data: { workspaceId: 'w' } }), { timeout: 20_000 })
    expect(open).toHaveBeenCalledTimes(1)
  })

  it('tells foreseen errors from all others', () => {
    expect(foreseen({ code: 'MODEL_NOT_LOADED', data: {} })).toEqual({ code: 'MODEL_NOT_LOADED', data: {} })
    expect([new Error('x'), { code: 'INTERNAL_SERVER_ERROR' }, null, 'x'].map(foreseen)).toEqual([null, null, null, null])
  })
})
