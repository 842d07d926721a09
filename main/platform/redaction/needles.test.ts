import { rules } from '@secretlint/secretlint-rule-preset-recommend'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { madeUpSecrets } from '../../../tests/support/made-up-secrets.ts'
import { needlesOf, NeedleSearch } from './needles.ts'
import { secretlintDetector } from './secretlint-detector.ts'
import type { Span } from './span.ts'

it.each([
  [/(?<!\p{L})npm_[A-Za-z0-9_]{36}(?![A-Za-z0-9_])/gu, ['npm_']],
  [/(?<!\p{L})(?<type>ghp|gho)_[A-Za-z0-9_]{36}/gu, ['ghp_', 'gho_']],
  [/(?<!\p{L})SG\.\w{1,128}/gu, ['SG.']],
  [/-----BEGIN[ ]?(?:(?:RSA|DSA) )?KEY/g, ['-----BEGIN']],
  [/a_b?c/g, ['a_']],
  [/a_?c/g, null],
  [/abc/g, null],
  [/_ab/g, null],
  [/npm_a/gi, null],
  [/a_b|c_d/g, null],
  [/(?:a|b)?_c/g, null],
  [/(?:a|b)_c|d/g, null],
  [/(?:a_x|b_x)?c/g, null],
  [/\d_a/g, null],
  [/https?:\/\/x_y/g, null],
])('%s is found by %j', (pattern, needles) => expect(needlesOf(pattern)).toEqual(needles))

it('says of no pattern more than is so', () => {
  const piece = fc.constantFrom('a', 'b', '_', '-', '.', '\\.', 'a?', '_*', 'b{0,1}', '[ab]', '(?:a|b)', '(?:a|_)?', '(a|b)', '|', '(?<!\\p{L})', '\\b', '(?:a_|b)', '(?:a_x|b_x)', '?', '*')
  const text = fc.array(fc.constantFrom('a', 'b', '_', '-', '.', ' '), { maxLength: 12 }).map(signs => signs.join(''))
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 5 }), text, (pieces, where) => {
      const pattern = compiled(pieces.join(''))
      if (!pattern) return
      const needles = needlesOf(pattern)
      if (needles === null || !pattern.test(where)) return
      expect(needles.some(needle => where.includes(needle))).toBe(true)
      expect([...new NeedleSearch(needles).found(where)].toSorted()).toEqual([...new Set(needles.filter(needle => where.includes(needle)))].toSorted())
    }),
    { numRuns: 5000 },
  )
})

function compiled(source: string): RegExp | null {
  try {
    return new RegExp(source, 'u')
  } catch {
    return null
  }
}

/** Every rule over every text. */
function always(text: string): Span[] {
  const found: Span[] = []
  for (const rule of rules.filter(one => one.meta.type === 'scanner')) {
    const createTranslator = () => (messageId: string) => ({ message: '', messageId })
    const report = ({ range }: { range: readonly [number, number] }): void => void found.push({ kind: '', start: range[0], end: range[1] })
    const handler = rule.create({ sharedOptions: {}, createTranslator, report, ignore: () => undefined } as never, {})
    void handler.file?.({ content: text, ext: '.txt', filePath: undefined, contentType: 'text', hasBOM: false } as never)
  }
  return found
}

it('finds what all rules find', () => {
  const detect = secretlintDetector()
  const places = (spans: readonly Span[]): string[] => spans.map(({ start, end }) => `${start} ${end}`).toSorted()
  const letters = (count: number): string => 'aB3dE5gH'.repeat(50).slice(0, count)
  // One of each rule that is passed over where its needle does not stand.
  const others = [
    ...['shppa_', 'gho_', 'ghs_', 'glsa_', 'glc_', 'lin_api_', 'ops_ey', 'vcp_', 'vck_', 'dckr_pat_', 'figd_'].flatMap(start => [20, 27, 32, 36, 40, 60, 120].map(count => start + letters(count))),
    `SG.${letters(22)}.${letters(43)}`,
    `ntn_12345678901${letters(35)}`,
    ...['hvs.', 'hvb.', 'hvr.'].map(start => start + letters(140)),
    `hvs.${letters(100)}`,
    `dapi${'0a'.repeat(16)}`,
    `glsa_${letters(32)}_0123abCD`,
    `ops_ey${letters(200)}fQ==`,
  ]
  const given = fc.constantFrom(...others, ...madeUpSecrets('one').map(({ text }) => text), ...madeUpSecrets('two').map(({ text }) => text), ' ', '\n', 'é', 'x', '_', '.', '-', '"', 'const a = ')
  expect(others.filter(text => always(text).length > 0).length).toBeGreaterThan(15)
  fc.assert(
    fc.property(fc.array(given, { maxLength: 5 }), parts => {
      const text = parts.join('')
      const all = places(always(text))
      expect(places(detect(text).filter(span => span.kind !== 'aws-access-key'))).toEqual(all)
    }),
    { numRuns: 2000 },
  )
})
