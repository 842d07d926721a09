import { once } from 'node:events'
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { Answer, event } from './answer.ts'

const server = createServer()
afterEach(() => server.close())

/** The response of a server, and the reader at its other end. */
async function pair(): Promise<{ response: ServerResponse; read: () => Promise<IncomingMessage> }> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const asked = once(server, 'request') as Promise<[IncomingMessage, ServerResponse]>
  const call = request({ host: '127.0.0.1', port: (server.address() as AddressInfo).port, agent: false })
  call.on('error', () => undefined)
  call.end()
  const [, response] = await asked
  return { response, read: async () => ((await once(call, 'response')) as [IncomingMessage])[0] }
}

describe('an answer', () => {
  test('begins with its first piece and carries its id', async () => {
    const { response, read } = await pair()
    const answer = new Answer(response, 'req_1', 1000)
    expect(answer.hasBegun).toBe(false)
    await answer.send('events', event({ a: 1 }, 'start'))
    const message = await read()
    answer.end()
    expect(answer.isOver).toBe(true)
    let text = ''
    for await (const chunk of message) text += String(chunk)
    expect(text).toBe('event: start\ndata: {"a":1}\n\n')
    expect(message.headers).toMatchObject({ 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store', 'x-request-id': 'req_1', 'request-id': 'req_1' })
  })

  test('waits for its reader, and gives one up that takes nothing for long', async () => {
    const { response, read } = await pair()
    const answer = new Answer(response, 'req_1', 200)
    await answer.send('lines', 'first\n')
    const message = await read()
    message.pause()
    const large = 'x'.repeat(1_000_000)
    const written = (async () => {
      for (let count = 0; count < 100; count++) await answer.send('lines', large)
    })()
    await expect(written).rejects.toMatchObject({ name: 'ApiError', message: expect.stringContaining('took nothing') })
    expect(response.destroyed).toBe(true)
    expect(response.writableLength).toBeLessThan(5_000_000)
    message.destroy()
  })

  test('ends when its reader leaves', async () => {
    const { response, read } = await pair()
    const answer = new Answer(response, 'req_1', 10_000)
    await answer.send('lines', 'first\n')
    const message = await read()
    message.pause()
    const written = (async () => {
      for (let count = 0; count < 100; count++) await answer.send('lines', 'x'.repeat(1_000_000))
    })()
    setTimeout(() => message.destroy(), 50)
    await expect(written).rejects.toMatchObject({ name: 'AbortError' })
  })
})
