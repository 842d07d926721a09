import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { githubToken, madeUpSecrets } from '../../../tests/support/made-up-secrets.ts'
import { redactionLimit, Redactor } from './redactor.ts'

const root = join(import.meta.dirname, '..', '..', '..')
const redactor = new Redactor()

describe('Redactor', () => {
  it('finds each form of secret and of personal data, and says how many of how many', () => {
    const all = Array.from({ length: 40 }, (_, seed) => madeUpSecrets(`seed ${seed}`)).flat()
    const missed = all.filter(({ value, text }) => redactor.redact(`before ${text} after`).text.includes(value))
    process.stderr.write(`redaction: found ${all.length - missed.length} of ${all.length} made-up secrets\n`)
    expect([...new Set(missed.map(({ kind }) => kind))]).toEqual([])
  })

  it('takes no longer for text that is made to keep a pattern busy', () => {
    const busy = [`password = "${'a'.repeat(120)}1"`, `SECRET_KEY=${'ab'.repeat(60)}1`, `${'4111111111111111'.split('').join('-')}..`, `4111 1111 1111 1111(.1`].join('\n').repeat(50)
    const before = performance.now()
    redactor.redact(busy)
    expect(performance.now() - before).toBeLessThan(5000)
  })

  it('leaves ordinary code alone, and says how often not', () => {
    const names = execFileSync('git', ['ls-files', '*.ts', '*.tsx', '*.md', '*.mjs', '*.css'], { cwd: root, encoding: 'utf8' }).trim().split('\n')
    let lines = 0
    const wrong: string[] = []
    for (const name of names) {
      const text = readFileSync(join(root, name), 'utf8')
      lines += text.split('\n').length
      for (const { kind, start } of redactor.redact(text).findings) wrong.push(`${name}:${text.slice(0, start).split('\n').length} ${kind}`)
    }
    process.stderr.write(`redaction: ${wrong.length} findings in ${lines} lines of this repository\n${wrong.join('\n')}\n`)
    expect((wrong.length / lines) * 1000).toBeLessThan(0.5)
  })

  it('masks a text again that was clean until the person stored it, and no longer once they deleted it', () => {
    const own = new Redactor()
    const path = 'notes/lavender-harbour'
    expect([own.mask(path), own.mask(path, { isSureOnly: true })]).toEqual([path, path])
    own.known.set(show => show('lavender-harbour'))
    expect([own.mask(path), own.mask(path, { isSureOnly: true })]).toEqual(['notes/[masked: own-secret 1]', 'notes/[masked: own-secret 1]'])
    own.known.set(() => undefined)
    expect(own.mask(path)).toBe(path)
  })

  it('does not take what is clean for a path as clean for a text', () => {
    const own = new Redactor()
    const random = 'key = "q8Zp2LmX7vR4tN9wB3cK6yH1"'
    expect(own.mask(random, { isSureOnly: true })).toBe(random)
    expect(own.mask(random)).not.toBe(random)
    for (let index = 0; index < 3000; index++) own.mask(`src/${index}.ts`)
    expect(own.mask(random)).not.toBe(random)
  })

  it('numbers the same value the same, and says places of the text that was given', () => {
    const one = githubToken('aB3d')
    const text = `a ${one} b ${one.replace('aB', 'cD')} c ${one}`
    const { text: masked, findings } = redactor.redact(text)
    expect(masked).toBe('a [masked: github-token 1] b [masked: github-token 2] c [masked: github-token 1]')
    expect(findings.map(({ start, end }) => text.slice(start, end).length)).toEqual([40, 40, 40])
    expect(JSON.stringify(findings)).not.toContain('aB3d')
  })

  it('masks the values it was shown in every form, and forgets them', () => {
    const own = new Redactor()
    const value = 'läuft-canary "7"\n'
    own.known.set(show => show(value))
    const texts = [`x${value}y`, `x${value.trim()}y`, Buffer.from(value.trim()).toString('base64'), encodeURIComponent(value.trim()), JSON.stringify({ a: value.trim() })]
    for (const text of texts) expect(own.redact(text).text).toContain('[masked: own-secret 1]')
    own.known.set(() => undefined)
    for (const text of texts) expect(own.redact(text).text).not.toContain('own-secret')
  })

  it('finds own values of every length at every place', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 6, maxLength: 80 }).filter(text => text.trim().length >= 6), { minLength: 1, maxLength: 6 }), fc.string({ maxLength: 60 }), fc.string({ maxLength: 60 }), (values, before, after) => {
        const own = new Redactor()
        own.known.set(show => {
          for (const value of values) show(value)
        })
        for (const value of values) expect(own.redact(before + value + after).text).not.toContain(value)
      }),
      { numRuns: 200 },
    )
  })

  it('asks whether a finding is a false alarm, but not for own values', () => {
    const own = new Redactor()
    own.known.set(show => show('bob@corp.io'))
    own.useFalseAlarms(() => true)
    expect(own.redact('mail ann@corp.io and bob@corp.io').text).toBe('mail ann@corp.io and [masked: own-secret 1]')
  })

  it('leaves hashes and names to those who need them, and takes addresses on request', () => {
    const hash = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'
    expect(redactor.redact(hash, { isSureOnly: true }).findings).toEqual([])
    expect(redactor.redact(hash).findings).toHaveLength(1)
    expect(redactor.redact(`integrity: sha512-${hash}${hash}==`).findings).toEqual([])
    expect(redactor.redact('from 10.1.2.3 and 127.0.0.1', { addresses: true }).text).toBe('from [masked: ip-address 1] and 127.0.0.1')
    expect(redactor.redact('someone@example.com, call 4111 1111 1111 1112').findings).toEqual([])
  })

  it('does not obey a text that says nobody should look', () => {
    const one = githubToken('aB3d')
    expect(redactor.redact(`// secretlint-disable\n${one}\n`).text).not.toContain(one)
  })

  it('masks again without a change, and never lets a found value through', () => {
    const piece = fc.oneof(fc.string(), fc.constantFrom('=', ' ', '\n', '"', "'", ':', '@', '-', '/', '.', 'password', 'AKIA', '[masked: email 1]'), fc.nat(200).chain(seed => fc.constantFrom(...madeUpSecrets(String(seed)).map(({ text }) => text))))
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), pieces => {
        const text = pieces.join('')
        const { text: masked, findings } = redactor.redact(text)
        expect(redactor.redact(masked).text).toBe(masked)
        expect(masked.length).toBeLessThanOrEqual(text.length + findings.length * 48)
        for (const { start, end } of findings) {
          const value = text.slice(start, end)
          if (value.length > 12) expect(masked).not.toContain(value)
        }
      }),
      { numRuns: 400 },
    )
  })

  it('refuses more than it can check, cuts it for the log, and takes no text for long', () => {
    expect(() => redactor.redact('x'.repeat(redactionLimit + 1))).toThrow('REDACTION_TOO_LARGE')
    expect(redactor.mask('x '.repeat(100_000)).length).toBeLessThan(20_100)
    const bad = ['a', '-----BEGIN PRIVATE KEY-----\n', 'https://', 'http://u:p', 'xoxb-a-', 'postgres://a:b', 'AWS_SECRET_ACCESS_KEY \t ', '@', 'a@a.', '+1 ', '4 4-', 'DE89 ', 'password = "', 'key=', 'A1b', ' ', '/a1B', '=', '(', '1.']
    const slowest = Math.max(...bad.map(unit => {
      const text = unit.repeat(Math.ceil(redactionLimit / unit.length)).slice(0, redactionLimit)
      const started = performance.now()
      redactor.redact(text)
      const took = performance.now() - started
      if (took > 1000) process.stderr.write(`redaction: ${JSON.stringify(unit)} ${took.toFixed(0)} ms\n`)
      return took
    }))
    process.stderr.write(`redaction: the worst of ${bad.length} texts of 1 MB took ${slowest.toFixed(0)} ms\n`)
    expect(slowest).toBeLessThan(20_000)
  })
})
