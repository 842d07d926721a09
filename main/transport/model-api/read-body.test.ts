import { once } from 'node:events'
import { createServer, request, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readBody } from './read-body.ts'

const server = createServer()
let outcome: Promise<unknown> = Promise.resolve()
beforeAll(async () => {
  server.on('request', (asked: IncomingMessage, response) => {
    outcome = readBody(asked).then(body => ({ body }), (error: unknown) => error)
    void outcome.then(() => response.end('done'))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterAll(() => server.close())

/** Sends pieces without telling their length before, and gives what became of it. */
async function send(pieces: readonly string[], headers: Record<string, string> = {}): Promise<unknown> {
  const call = request({ host: '127.0.0.1', port: (server.address() as AddressInfo).port, method: 'POST', agent: false, headers })
  for (const piece of pieces) if (!call.write(piece)) await once(call, 'drain')
  call.end()
  const [response] = (await once(call, 'response')) as [IncomingMessage]
  response.resume()
  return await outcome
}

describe('a body', () => {
  test('is a JSON object, in however many pieces, and nothing is an empty one', async () => {
    expect(await send(['{"a":', '"é', '日"}'])).toEqual({ body: { a: 'é日' } })
    expect(await send([])).toEqual({ body: {} })
  })

  test.each([['{', 'not valid JSON'], ['[1]', 'not a JSON object'], ['null', 'not a JSON object'], [`{"a":${'['.repeat(200)}${']'.repeat(200)}}`, 'levels deep']])('%s is refused without being quoted', async (body, words) => {
    expect(await send([body])).toMatchObject({ kind: 'invalid', message: expect.stringContaining(words) })
  })

  test('brackets in its texts do not count as depth', async () => {
    const text = `${'['.repeat(500)}\\"{`
    expect(await send([`{"a":"${text}"}`])).toEqual({ body: { a: '['.repeat(500) + '"{' } })
  })

  test('that is too large is refused, and its sender still gets the answer', { timeout: 30_000 }, async () => {
    const piece = 'x'.repeat(1024 * 1024)
    expect(await send(['{"a":"', ...Array.from({ length: 30 }, () => piece), '"}'])).toMatchObject({ kind: 'too-large' })
    expect(await send(['{"a":1}'])).toEqual({ body: { a: 1 } })
  })

  test('that its sender gives up is given up', async () => {
    const call = request({ host: '127.0.0.1', port: (server.address() as AddressInfo).port, method: 'POST', agent: false })
    call.on('error', () => undefined)
    const asked = once(server, 'request')
    call.write('{"a":')
    await asked
    call.destroy()
    expect(await outcome).toBeInstanceOf(Error)
  })
})
