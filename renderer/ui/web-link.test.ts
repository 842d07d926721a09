import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { webLink } from './web-link.ts'

describe('web links', () => {
  it('takes plain web addresses and writes them out whole', () => {
    expect(webLink('https://example.com/a?b=c#d')).toBe('https://example.com/a?b=c#d')
    expect(webLink('HTTP://Example.COM')).toBe('http://example.com/')
    expect(webLink('https://аpple.com')).toBe('https://xn--pple-43d.com/')
  })

  it.each([
    'javascript:alert(1)', ' javascript:alert(1)', 'JaVaScRiPt:alert(1)', 'java\nscript:alert(1)', 'data:text/html,<script>1</script>', 'vbscript:x', 'file:///etc/passwd',
    'smb://host/share', '\\\\host\\share', '//host/path', '/relative', 'relative', 'mailto:a@b.c', 'ms-msdt:/id', 'search-ms:query=x', 'blob:https://a/b', 'https://user:pass@host/', 'https://bank.example@evil.example/',
    'https://', 'https://a\u202Eb/', 'https://a\u200Bb.com/', ' https://a.com', 'https://a.com\\@b.com', `https://a/${'x'.repeat(5000)}`, '',
  ])('refuses %j', text => {
    expect(webLink(text)).toBeNull()
  })

  it('only ever gives http or https without a name before the host', () => {
    fc.assert(
      fc.property(fc.oneof(fc.webUrl(), fc.string(), fc.string().map(rest => `https://${rest}`), fc.string().map(rest => `javascript:${rest}`)), text => {
        const link = webLink(text)
        if (link === null) return
        const url = new URL(link)
        expect(['http:', 'https:']).toContain(url.protocol)
        expect(url.username + url.password).toBe('')
        expect(url.href).toBe(link)
      }),
      { numRuns: 3000 },
    )
  })
})
