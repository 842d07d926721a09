import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { CommandLine } from '../../tests/support/command-line.ts'

const cortex = new CommandLine()
const run = async (...words: string[]): Promise<[code: number, out: string, errors: string]> => [await cortex.run(...words), cortex.out, cortex.errors]

test('the network from the command line: mode, grants, a check, a real try, and the ledger of it', { timeout: 120_000 }, async () => {
  const server = createServer((_request, response) => response.end('hello'))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo

  expect((await run('egress', 'status'))[1]).toMatch(/^Mode: offline\nConnections of the host outside the door: not refused\nGrants: none\n$/)
  expect(await run('egress', 'check', 'https://example.org/')).toEqual([0, 'refused: example.org port 443 (offline)\n', ''])
  expect((await run('egress', 'try', `http://localhost:${port}/`))[0]).toBe(1)
  expect(cortex.errors).toContain('this port of this machine is not granted')
  expect((await run('egress', 'grant', `localhost:${port}`, '--for', '2h', '--local'))[1]).toMatch(new RegExp(`localhost:${port}  all features  until .*  local\n$`))
  expect((await run('egress', 'try', `http://localhost:${port}/`))[1]).toMatch(/^200, 5 bytes from /)
  expect(JSON.parse((await run('egress', 'status', '--json'))[1])).toMatchObject({ mode: 'offline', grants: [{ host: 'localhost', port, isLocal: true }] })
  expect((await run('egress', 'revoke', 'localhost'))[1]).toMatch(/^Revoked: /)
  expect((await run('egress', 'revoke', 'localhost'))[0]).toBe(2)

  expect((await run('egress', 'mode', 'ask'))[1]).toBe('The mode is ask.\n')
  expect((await run('egress', 'mode', 'everything'))[0]).toBe(2)
  expect((await run('egress', 'grant', 'example.org', '--for', 'ever'))[0]).toBe(2)
  expect((await run('egress', 'grant', 'http://example.org'))[0]).toBe(1)
  expect(JSON.parse((await run('egress', 'check', 'https://example.org/', '--json'))[1])).toMatchObject({ decision: 'asked' })
  await run('egress', 'mode', 'offline')

  expect((await run('ledger', 'list', '--who', 'try', '--decision', 'allowed'))[1]).toMatch(/allowed  try  a try by you  localhost:\d+ \(127\.0\.0\.1\)  granted until .* bytes in/)
  expect(JSON.parse((await run('ledger', 'list', '--decision', 'refused', '--limit', '1', '--json'))[1])).toMatchObject({ target: 'localhost', decision: 'refused' })
  expect((await run('ledger', 'list', '--host', 'nobody.example'))[1]).toBe('No entry fits.\n')
  expect((await run('ledger', 'list', '--limit', '1'))[1]).toContain('More than 1 fit')
  expect((await run('ledger', 'export', '--format', 'csv'))[1]).toMatch(/^sequence,at,kind/)
  expect((await run('ledger', 'export', '--from', '2001-01-01', '--until', '2001-01-02'))[1]).toBe('')
  expect((await run('ledger', 'list', '--from', 'yesterday'))[0]).toBe(2)
  server.close()
})
