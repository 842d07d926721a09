import { describe, expect, it } from 'vitest'
import { fails, openDoor, request, serve, text, token } from '../../../tests/support/loopback-door.ts'
import { systemClock } from '../clock/clock.ts'
import { EgressQuestions } from './egress-questions.ts'

describe('a body that leaves', () => {
  const secretText = `{"note":"write to anna@firma.de","token":"${token}"}`
  async function send(body: Uint8Array, { host = 'good.example', type, unmasked = false, answer }: { host?: string; type?: string; unmasked?: boolean; answer?: 'once' | 'always' | 'refuse' } = {}) {
    const bodies: Buffer[] = []
    const port = await serve((incoming, response) => {
      const chunks: Buffer[] = []
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
      incoming.on('end', () => {
        bodies.push(Buffer.concat(chunks))
        response.end()
      })
    })
    const questions = new EgressQuestions(systemClock)
    const { door, rules, audit } = openDoor({ names: { 'good.example': ['8.8.8.8'] }, ports: { '8.8.8.8': port }, questions })
    rules.grant({ feature: 'models', host: 'good.example', isLocal: false })
    rules.grant({ feature: 'models', host: '127.0.0.1', port, isLocal: true })
    const asked: unknown[] = []
    questions.onChange(() => {
      const [question] = questions.pending()
      if (!question) return
      asked.push(question.unmasked)
      if (answer) setImmediate(() => questions.answer(question.id, answer))
    })
    const url = host === 'good.example' ? 'http://good.example/' : `http://127.0.0.1:${port}/`
    const failure = await fails(door.request(request(url, { method: 'POST', body, headers: type === undefined ? {} : { 'content-type': type }, mayAskForUnmasked: unmasked })).then(text))
    return { body: bodies[0], failure, asked, masks: audit.events.filter(({ kind }) => kind === 'redaction.mask'), connects: audit.events.filter(({ kind }) => kind === 'egress.connect').length }
  }
  const bytes = (value: string): Uint8Array => new TextEncoder().encode(value)

  it('is masked for another machine, and recorded by kind and count alone', async () => {
    const { body, masks, asked } = await send(bytes(secretText), { type: 'application/json' })
    expect(String(body)).toBe('{"note":"write to [masked: email 1]","token":"[masked: github-token 1]"}')
    expect(masks).toEqual([expect.objectContaining({ actor: 'models', outcome: 'done', subject: 'good.example', details: { email: 1, 'github-token': 1 } })])
    expect(JSON.stringify(masks)).not.toContain(token)
    expect(asked).toEqual([])
  })

  it('is as it was for this machine, for bytes that are no text, and where there is nothing to mask', async () => {
    expect(String((await send(bytes(secretText), { host: 'here' })).body)).toBe(secretText)
    const binary = Uint8Array.of(0xff, 0xfe, 0, 1, 2)
    expect((await send(binary)).body).toEqual(Buffer.from(binary))
    const plain = await send(bytes('hello'))
    expect([String(plain.body), plain.masks]).toEqual(['hello', []])
  })

  it('goes nowhere when it says that it is text and cannot be read, or is too long to be checked', async () => {
    expect(await send(Uint8Array.of(0xe9, 0x74), { type: 'text/plain; charset=latin1' })).toMatchObject({ body: undefined, failure: ['EGRESS_FAILED', expect.anything()], connects: 0 })
    expect(await send(bytes('a '.repeat(600_000)))).toMatchObject({ body: undefined, failure: ['REDACTION_TOO_LARGE', expect.anything()], connects: 0 })
  })

  it('leaves unmasked only when the person says so, once', async () => {
    const allowed = await send(bytes(secretText), { unmasked: true, answer: 'once' })
    expect(String(allowed.body)).toBe(secretText)
    expect(allowed.asked).toEqual([{ email: 1, 'github-token': 1 }])
    expect(allowed.masks).toEqual([expect.objectContaining({ actor: 'person', outcome: 'allowed', details: { email: 1, 'github-token': 1, feature: 'models' } })])
    const refused = await send(bytes(secretText), { unmasked: true, answer: 'refuse' })
    expect(String(refused.body)).not.toContain(token)
    expect(refused.masks).toEqual([expect.objectContaining({ outcome: 'done' })])
    expect((await send(bytes('hello'), { unmasked: true })).asked).toEqual([])
  })
})

describe('what stands before a body', () => {
  it('refuses an address or a header that holds what would be masked, and lets a person send it once', async () => {
    const paths: (string | undefined)[] = []
    const port = await serve((incoming, response) => {
      paths.push(incoming.url)
      if (incoming.url === '/away') response.writeHead(302, { location: `/there?token=${token}` })
      response.end('ok')
    })
    const { door, rules, questions, dialled } = openDoor({ names: { 'good.example': ['8.8.8.8'] }, ports: { '8.8.8.8': port } })
    rules.grant({ feature: '*', host: 'good.example', isLocal: false })
    const refused = ['EGRESS_REFUSED', { host: 'good.example', port: 80, rule: 'its address or headers hold what is masked: github-token' }]
    expect(await fails(door.request(request(`http://good.example/?q=${token}`)))).toEqual(refused)
    expect(await fails(door.request(request(`http://good.example/${token.replace('_', '%5f')}`)))).toEqual(refused)
    expect(await fails(door.request(request('http://good.example/', { headers: { 'x-note': token } })))).toEqual(refused)
    expect(dialled).toEqual([])
    // What a server redirects to is what the server knows.
    expect(await text(await door.request(request('http://good.example/away')))).toBe('ok')
    questions.onChange(() => {
      const [question] = questions.pending()
      if (question) setImmediate(() => questions.answer(question.id, 'once'))
    })
    expect(await text(await door.request(request(`http://good.example/?q=${token}`, { mayAskForUnmasked: true })))).toBe('ok')
    expect(paths).toEqual(['/away', `/there?token=${token}`, `/?q=${token}`])
  })

  it('sends nothing on a grant that was taken back while the person thought of what would be masked', async () => {
    const port = await serve((_incoming, response) => response.end('ok'))
    const { door, rules, questions, dialled } = openDoor({ names: { 'good.example': ['8.8.8.8'] }, ports: { '8.8.8.8': port } })
    const grant = rules.grant({ feature: '*', host: 'good.example', isLocal: false })
    questions.onChange(() => {
      const [question] = questions.pending()
      if (!question) return
      setImmediate(() => {
        rules.revoke(grant.id)
        questions.answer(question.id, 'once')
      })
    })
    expect((await fails(door.request(request('http://good.example/', { method: 'POST', body: new TextEncoder().encode(token), mayAskForUnmasked: true }))))[0]).toBe('EGRESS_REFUSED')
    expect(dialled).toEqual([])
  })
})
