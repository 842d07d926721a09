import { createRouterClient, os } from '@orpc/server'
import { describe, expect, it } from 'vitest'
import { AppError } from '#shared/errors.ts'
import { mapErrors } from '#shared/map-errors.ts'
import { maskErrors } from './mask-errors.ts'

const base = os.use(mapErrors).use(maskErrors(text => text.replaceAll('canary', '[masked]')))

async function messageOf(work: () => Promise<unknown>): Promise<string> {
  try {
    await work()
    return 'none'
  } catch (error) {
    return `${error instanceof Error ? error.message : ''} ${JSON.stringify((error as { data?: unknown }).data)}`
  }
}

describe('maskErrors', () => {
  const client = createRouterClient({
    fails: base.handler(() => {
      throw new AppError('MODEL_LOAD_FAILED', { id: 'canary-id', reason: 'said canary' })
    }),
    lists: base.handler(() => {
      throw new AppError('SETTINGS_INVALID', { path: 'canary.json', problems: ['a canary', 'b'] })
    }),
    plain: base.handler(() => {
      throw new AppError('MODEL_NOT_LOADED', {})
    }),
    streams: base.handler(async function* () {
      yield 1
      throw new AppError('WORKER_CRASHED', { worker: 'pty', reason: 'canary' })
    }),
    works: base.handler(() => 'canary'),
  })

  it('masks what an error quotes, also in a stream, and nothing that programs read', async () => {
    expect(await messageOf(() => client.fails())).toMatch(/said \[masked\].*canary-id/)
    expect(await messageOf(() => client.lists())).toMatch(/a \[masked\] b.*canary\.json/)
    expect(await messageOf(() => client.plain())).toContain('No model is loaded')
    const stream = await client.streams()
    expect((await stream.next()).value).toBe(1)
    expect(await messageOf(async () => await stream.next())).not.toContain('canary')
    expect(await client.works()).toBe('canary')
  })
})
