import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { judgeLink } from '../../main/electron/external-link-policy.ts'

const refused = [
  'file:///etc/passwd', 'file://server/share', 'smb://server/share', '\\\\server\\share', '//server/share', 'ms-msdt:/id', 'ms-officecmd:{}', 'search-ms:query=x&crumb=location:\\\\evil\\x',
  'javascript:alert(1)', 'data:text/html,x', 'vbscript:x', 'http://example.com', 'ftp://example.com', 'ssh://example.com', 'vscode://file/x', 'cortex://x', 'app://cortex/', 'blob:https://example.com/x',
  ' https://example.com', 'https://example.com ', '\thttps://example.com', 'https://exam\nple.com', 'HTTPS://example.com', 'Https://example.com', 'hTTps://example.com', 'MAILTO:a@example.com',
  'https:example.com', 'https:/example.com', 'https:///example.com', 'https:\\\\example.com', 'https://example.com\\@evil.example', 'https://user@example.com', 'https://user:pass@example.com', 'https://',
  'https://example.com/\u202egnp.exe', 'https://example.com/\u200b', 'https://example.com/\0', 'mailto:', 'mailto:a@example.com?attach=/etc/passwd', 'mailto:a@example.com?attachment=x',
  'mailto:a@example.com%0d%0abcc:b@example.com', 'mailto:a@b@c', 'mailto://a@example.com', 'https://' + 'a'.repeat(3000), '', null, undefined, 5, {}, ['https://example.com'],
]

describe('S2: only a web or mail address that was shown whole leaves for another program', () => {
  it.each([
    ['https://example.com', 'https://example.com/'],
    ['https://example.com:8443/a?b=c#d', 'https://example.com:8443/a?b=c#d'],
    ['https://EXAMPLE.com/A', 'https://example.com/A'],
    ['https://exämple.com/', 'https://xn--exmple-cua.com/'],
    ['mailto:a@example.com?subject=x&body=y', 'mailto:a@example.com?subject=x&body=y'],
  ])('allows %s and shows it as the browser will read it', (address, shown) => {
    expect(judgeLink(address)).toEqual({ isAllowed: true, url: shown })
  })

  it.each(refused.map(address => [address]))('refuses %j', address => {
    expect(judgeLink(address)).toMatchObject({ isAllowed: false })
  })

  it('allows nothing but https and mailto, whatever comes', () => {
    const scheme = fc.oneof(fc.constantFrom('https:', 'mailto:', 'http:', 'file:', 'javascript:', 'HTTPS:', ' https:', 'smb:', 'ms-settings:', 'search-ms:'), fc.string({ maxLength: 12 }))
    const rest = fc.oneof(fc.webUrl().map(url => url.replace(/^https?:/, '')), fc.string(), fc.string({ unit: 'grapheme' }), fc.constantFrom('//a@b', '//\\\\evil', '//exa\u202emple.com', '///etc/passwd'))
    let allowed = 0
    fc.assert(
      fc.property(scheme, rest, (before, after) => {
        const address = before + after
        const verdict = judgeLink(address)
        if (!verdict.isAllowed) return
        allowed++
        expect(address.startsWith('https://') || address.startsWith('mailto:')).toBe(true)
        const url = new URL(verdict.url)
        expect(['https:', 'mailto:']).toContain(url.protocol)
        expect(url.username + url.password).toBe('')
        expect(verdict.url).toMatch(/^[\u0021-\u007e]+$/)
        expect(judgeLink(verdict.url)).toEqual(verdict)
      }),
      { numRuns: 20_000 },
    )
    expect(allowed).toBeGreaterThan(0)
    process.stdout.write(`S2: ${refused.length} hostile addresses refused; of 20,000 made-up ones ${allowed} were allowed, each https or mailto\n`)
  })
})
