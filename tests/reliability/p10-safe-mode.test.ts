import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { connectToRunningHost } from '../../main/transport/control-client.ts'
import { controlPath } from '../../main/transport/control-path.ts'
import { startApp, type RunningApp } from '../support/start-app.ts'

const counting = { environment: { CORTEX_SAFE_MODE: 'auto' }, options: ['--model', '/not/there.gguf'] }
const apps: RunningApp[] = []
async function start(former?: RunningApp): Promise<RunningApp> {
  const app = await startApp({ ...counting, ...(former ? { home: former.home, folder: former.folder } : {}) })
  apps.push(app)
  return app
}
afterEach(async () => {
  for (const app of apps.splice(0).reverse()) await app.dispose()
})

async function inside<T>(app: RunningApp, work: (client: NonNullable<Awaited<ReturnType<typeof connectToRunningHost>>>['client'], workspaceId: string) => Promise<T>): Promise<T> {
  const connection = await connectToRunningHost(controlPath(app.home))
  if (!connection) throw new Error('The host does not answer')
  try {
    return await work(connection.client, new URLSearchParams(new URL(app.url).hash.slice(1)).get('workspace') ?? '')
  } finally {
    connection.close()
  }
}

describe('P10: a crash loop ends in a safe start', () => {
  test('after two killed starts no model is loaded and the last layout is left out, until the person goes on as usual', { timeout: 180_000 }, async () => {
    const first = await start()
    await inside(first, async (client, workspaceId) => {
      expect((await client.app.info()).isSafeMode).toBe(false)
      await client.layout.keep({ workspaceId, layout: { broken: true } })
    })
    await first.stop('SIGKILL')
    const second = await start(first)
    await inside(second, async client => expect((await client.app.info()).isSafeMode).toBe(false))
    await second.stop('SIGKILL')

    const third = await start(first)
    await inside(third, async (client, workspaceId) => {
      expect((await client.app.info()).isSafeMode).toBe(true)
      expect(await client.layout.get({ workspaceId })).toBeNull()
      const engine = async (): Promise<string> => {
        for await (const event of await client.models.watch()) if (event.type === 'snapshot') return event.engine.status
        return ''
      }
      expect(await engine()).toBe('empty')
      await client.app.leaveSafeMode()
      expect((await client.app.info()).isSafeMode).toBe(false)
      expect(await client.layout.get({ workspaceId })).toEqual({ broken: true })
      // The model that is not there is asked for now.
      await expect.poll(engine, { timeout: 20_000 }).not.toBe('empty')
    })
    // A start that was ended in order does not count; what was counted before it stands until one went well.
    await third.stop()
    expect(readFileSync(join(first.home, 'starts'), 'utf8')).toBe('2')
    const fourth = await start(first)
    await inside(fourth, async client => expect((await client.app.info()).isSafeMode).toBe(true))
    await expect.poll(() => existsSync(join(first.home, 'starts')), { timeout: 20_000 }).toBe(false)
    await fourth.stop('SIGKILL')
    const fifth = await start(first)
    await inside(fifth, async client => expect((await client.app.info()).isSafeMode).toBe(false))
    process.stdout.write('P10: 2 killed starts, the 3rd was safe; after 10 s of rest the next was ordinary\n')
  })
})
