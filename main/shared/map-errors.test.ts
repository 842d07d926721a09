import { createORPCClient, ORPCError, safe } from '@orpc/client'
import { RPCLink } from '@orpc/client/message-port'
import { eventIterator, oc, type ContractRouterClient } from '@orpc/contract'
import { implement } from '@orpc/server'
import { RPCHandler } from '@orpc/server/message-port'
import { afterAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { AppError, may } from './errors.ts'
import { fromWireError, isStream, mapErrors, toWireError } from './map-errors.ts'

const contract = {
  call: oc.output(z.string()).errors(may('MODEL_NOT_FOUND')),
  stream: oc.output(eventIterator(z.number())).errors(may('WORKER_CRASHED')),
  left: oc.output(eventIterator(z.number())),
  bug: oc.output(z.string()),
}
let wasFreed = false
const os = implement(contract).use(mapErrors)
const router = os.router({
  call: os.call.handler(() => {
    throw new AppError('MODEL_NOT_FOUND', { id: 'q' })
  }),
  stream: os.stream.handler(async function* () {
    yield 1
    throw new AppError('WORKER_CRASHED', { worker: 'inference', reason: 'signal SIGKILL' })
  }),
  left: os.left.handler(async function* ({ signal }) {
    try {
      yield 1
      await new Promise(resolve => signal?.addEventListener('abort', resolve))
      yield 2
    } finally {
      wasFreed = true
    }
  }),
  bug: os.bug.handler(() => {
    throw new Error('/home/me/secret')
  }),
})
const { port1, port2 } = new MessageChannel()
new RPCHandler(router).upgrade(port1)
port1.start()
port2.start()
const client = createORPCClient<ContractRouterClient<typeof contract>>(new RPCLink({ port: port2 }))
afterAll(() => port1.close())

describe('mapErrors', () => {
  it('makes a foreseen error the one that the contract declares', async () => {
    const { error, isDefined } = await safe(client.call())
    expect(isDefined).toBe(true)
    expect(error).toMatchObject({ code: 'MODEL_NOT_FOUND', data: { id: 'q' } })
    expect(fromWireError(error)).toMatchObject({ name: 'AppError', code: 'MODEL_NOT_FOUND', data: { id: 'q' } })
  })

  it('does so inside a stream', async () => {
    const seen: number[] = []
    const error = await (async () => {
      for await (const value of await client.stream()) seen.push(value)
    })().catch((caught: unknown) => caught)
    expect(seen).toEqual([1])
    expect(error).toMatchObject({ defined: true, code: 'WORKER_CRASHED', data: { worker: 'inference' } })
  })

  it('frees a stream whose reader leaves', async () => {
    for await (const value of await client.left()) if (value === 1) break
    for (let turn = 0; turn < 100 && !wasFreed; turn++) await new Promise(resolve => setTimeout(resolve, 5))
    expect(wasFreed).toBe(true)
  })

  it('masks what nobody foresaw', async () => {
    const { error } = await safe(client.bug())
    expect(error).toMatchObject({ code: 'INTERNAL_SERVER_ERROR' })
    expect(JSON.stringify(error) + String(error)).not.toContain('secret')
  })
})

describe('the way there and back', () => {
  it('leaves what is no foreseen error as it is', () => {
    const bug = new Error('x')
    expect(toWireError(bug)).toBe(bug)
    expect(fromWireError(bug)).toBe(bug)
    const foreign = new ORPCError('NOT_OURS', { data: { id: 'q' } })
    expect(fromWireError(foreign)).toBe(foreign)
    const wrongData = new ORPCError('MODEL_NOT_FOUND', { data: { id: 7 } })
    expect(fromWireError(wrongData)).toBe(wrongData)
  })
  it('tells streams from other values', () => {
    expect(isStream((async function* () {})())).toBe(true)
    for (const value of [null, 'text', {}, [1], { next: 1, [Symbol.asyncIterator]: 1 }]) expect(isStream(value)).toBe(false)
  })
})
