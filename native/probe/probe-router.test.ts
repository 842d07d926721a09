import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRouterClient } from '@orpc/server'
import { describe, expect, it } from 'vitest'
import { programVectors } from '#shared/contract/self-test.ts'
import { probeRouter } from './probe-router.ts'

const client = createRouterClient(probeRouter())

describe('the probe', () => {
  it('reaches its own listeners by every way where nothing stops it, and both sides say so', { timeout: 30_000 }, async () => {
    const sinks = await client.listen({ interfaceAddress: null })
    expect(sinks).toMatchObject([{ place: 'loopback', address: '127.0.0.1' }])
    const findings = await client.attempt({ sinks })
    expect(findings.map(({ vector }) => vector).sort()).toEqual([...programVectors].sort())
    const arrivals = await client.take()
    for (const vector of programVectors) expect(arrivals[`loopback ${vector}`], vector).toBeGreaterThan(0)
    expect(await client.take()).toEqual({})
  })

  it('counts a question for a way round the browser, and no other datagram there', async () => {
    const [sink] = await client.listen({ interfaceAddress: null })
    const socket = createSocket('udp4')
    const question = Buffer.alloc(20)
    question.writeUInt32BE(0x2112a442, 4)
    for (const message of [Buffer.from('no question'), question]) socket.send(message, sink!.ports.stun, '127.0.0.1')
    await expect.poll(() => client.take()).toEqual({ 'loopback webrtc': 1 })
    socket.close()
    await once(socket, 'close')
  })

  it('leaves out an address where it cannot listen', async () => {
    expect((await client.listen({ interfaceAddress: '192.0.2.1' })).map(({ place }) => place)).toEqual(['loopback'])
  })

  it('says how much of a file it could read, or why it could not', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'probe-'))
    writeFileSync(join(folder, 'a'), 'four')
    expect(await client.read({ path: join(folder, 'a') })).toEqual({ bytes: 4 })
    expect(await client.read({ path: join(folder, 'b') })).toEqual({ refused: 'ENOENT' })
    rmSync(folder, { recursive: true })
  })
})
