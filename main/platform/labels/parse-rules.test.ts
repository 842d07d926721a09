import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseRules } from './parse-rules.ts'

describe('parseRules', () => {
  it('reads patterns and labels, with comments', () => {
    expect(parseRules('{ // ours\n "labels": { "customers/": "secret", "*.csv": "internal", } }', true)).toEqual({ rules: [{ glob: 'customers/', label: 'secret' }, { glob: '*.csv', label: 'internal' }], problems: [] })
    expect(parseRules('', true)).toEqual({ rules: [], problems: [] })
    expect(parseRules('// nothing yet\n', false).rules).toEqual([])
    expect(parseRules('{"labels":{"docs/":"public"}}', false)).toEqual({ rules: [{ glob: 'docs/', label: 'public' }], problems: [] })
  })

  it.each([
    ['{"labels":{"a":"secret"', /Line 1: this is not valid JSON/],
    ['[]', /one object/],
    ['{"label":{}}', /“label” is not known/],
    ['{"labels":[]}', /must be an object/],
    ['{"labels":{"a":"private"}}', /label must be/],
    ['{"labels":{"a":1}}', /label must be/],
    ['{"labels":{"a":"public"}}', /only raise/],
    ['{"labels":{"":"secret"}}', /empty/],
    ['{"labels":{"./":"secret"}}', /empty/],
    ['{"labels":{"../x":"secret"}}', /out of the folder/],
    ['{"labels":{"(a+)+b":"secret"}}', /no meaning/],
    ['{"labels":{"[a]+[a]+b":"secret"}}', /no meaning/],
    ['{"labels":{"!x":"secret"}}', /no meaning/],
    ['{"labels":{"*a*a*":"secret"}}', /more than 2 stars/],
    ['{"labels":{"**/a/**/b/**":"secret"}}', /\*\* more than 2/],
    [`{"labels":{"${'a'.repeat(300)}":"secret"}}`, /longer than 256/],
    [`{"labels":{${Array.from({ length: 600 }, (_, index) => `"a${index}":"secret"`).join()}}}`, /more than 500/],
  ])('says what is wrong with %.40s', (text, message) => expect(parseRules(text, true).problems.join('\n')).toMatch(message))

  it('never throws, and never finds both nothing and no problem in what holds a rule', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), text => Array.isArray(parseRules(text, true).problems)))
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), fc.jsonValue(), (glob, label) => {
        const { rules, problems } = parseRules(JSON.stringify({ labels: { [glob]: label } }), true)
        expect(rules.length + problems.length).toBe(1)
      }),
    )
  })
})
