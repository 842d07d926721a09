import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GhostCache, prefixLimit, restOf, typedSince } from './ghost-cache.ts'

const place = { path: 'a.ts', prefix: 'const total = ', suffix: '\n}\n' }

describe('the cache of suggestions', () => {
  it('serves the rest while a suggestion is typed through, and only then', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string({ minLength: 1 }), fc.nat(), (prefix, suffix, text, cut) => {
        const cache = new GhostCache()
        const at = { path: 'a.ts', prefix, suffix }
        cache.put(at, text)
        const typed = text.slice(0, cut % text.length)
        expect(cache.find({ ...at, prefix: prefix + typed })).toBe(text.slice(typed.length))
        expect(cache.find({ ...at, path: 'b.ts', prefix: prefix + typed })).toBeNull()
        expect(cache.find({ ...at, prefix: `${prefix}${typed}\u0000other` })).toBeNull()
      }),
    )
  })

  it('asks again once a suggestion was typed to its end', () => {
    const cache = new GhostCache()
    cache.put(place, 'sum')
    expect(cache.find({ ...place, prefix: `${place.prefix}sum` })).toBeNull()
  })

  it('remembers that there was nothing to add', () => {
    const cache = new GhostCache()
    cache.put(place, '')
    expect(cache.find(place)).toBe('')
    expect(cache.find({ ...place, prefix: `${place.prefix}x` })).toBeNull()
  })

  it('goes on through a bracket that the editor closed by itself', () => {
    expect(restOf({ ...place, text: 'round(net)' }, { ...place, prefix: `${place.prefix}round(`, suffix: `)${place.suffix}` })).toBe('net)')
  })

  it('does not serve a suggestion where the text after the cursor is another', () => {
    expect(restOf({ ...place, text: 'round(net)' }, { ...place, suffix: '\nelse {' })).toBeNull()
  })

  it('goes on when the window before the cursor is full', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme-ascii' }), typed => {
        let seed = 7
        const long = Array.from({ length: prefixLimit }, () => String.fromCharCode(97 + ((seed = (seed * 1103515245 + 12345) & 0x7fffffff) >> 16) % 26)).join('')
        expect(typedSince(long, (long + typed).slice(-prefixLimit))).toBe(typed)
      }),
    )
  })

  it('keeps the newest places', () => {
    const cache = new GhostCache(2)
    for (const name of ['a', 'b', 'c']) cache.put({ ...place, path: name }, name)
    expect([cache.find({ ...place, path: 'a' }), cache.find({ ...place, path: 'b' }), cache.find({ ...place, path: 'c' })]).toEqual([null, 'b', 'c'])
  })
})
