import { getLlama, LlamaLogLevel, type Llama, type LlamaGrammar } from 'node-llama-cpp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AppError } from '#shared/errors.ts'
import { choiceGrammar, jsonGrammar, orFreely, schemaGrammar } from './json-grammar.ts'

const reasonOf = (schema: Record<string, unknown>, options = {}): string => {
  try {
    schemaGrammar(schema, options)
  } catch (error) {
    if (error instanceof AppError && error.code === 'SCHEMA_UNSUPPORTED') return (error as AppError<'SCHEMA_UNSUPPORTED'>).data.reason
    throw error
  }
  return ''
}

/** The rules of a grammar, by name. */
const rulesOf = (grammar: string): Map<string, string> => new Map(grammar.split('\n').map(line => line.split(' ::= ', 2) as [string, string]))

/** Whether every rule that a rule names is there. */
function isClosed(grammar: string): boolean {
  const rules = rulesOf(grammar)
  return [...rules.values()].every(body => (body.replace(/"(\\.|[^"\\])*"|\[(\\.|[^\]\\])*\]|\{[^}]*\}/g, ' ').match(/[a-z][a-z0-9-]*/g) ?? []).every(name => rules.has(name)))
}

describe('schemaGrammar', () => {
  it.each<[string, Record<string, unknown>]>([
    ['nothing', {}],
    ['a kind', { type: 'string' }],
    ['several kinds', { type: ['string', 'null'] }],
    ['a choice', { enum: ['a', 1, null, { b: '"' }] }],
    ['a constant', { const: 'x\ny' }],
    ['alternatives', { anyOf: [{ type: 'string' }, { type: 'object', properties: { a: { type: 'number' } }, required: ['a'] }] }],
    ['alternatives with something in common', { type: 'object', properties: { a: { type: 'string' } }, anyOf: [{ required: ['a'] }, { properties: { b: { type: 'integer' } }, required: ['b'] }] }],
    ['parts that all hold', { allOf: [{ $ref: '#/$defs/base' }, { properties: { b: { type: 'boolean' } }, required: ['b'] }], $defs: { base: { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] } } }],
    ['itself', { type: 'object', properties: { children: { type: 'array', items: { $ref: '#' } } } }],
    ['lists', { type: 'array', items: { type: 'integer' }, minItems: 2, maxItems: 4 }],
    ['a list of fixed parts', { type: 'array', prefixItems: [{ type: 'string' }, { type: 'number' }] }],
    ['strings of a length', { type: 'string', minLength: 1, maxLength: 10 }],
    ['any further properties', { type: 'object', properties: { a: {} }, additionalProperties: { type: 'number' } }],
    ['a required property that is not described', { type: 'object', required: ['a'] }],
    ['the bounds that schema libraries write for whole numbers', { type: 'integer', minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER }],
  ])('knows %s', (_name, schema) => {
    expect(isClosed(schemaGrammar(schema))).toBe(true)
  })

  it('keeps the order of properties, and lets only optional ones out', () => {
    const grammar = schemaGrammar({ type: 'object', properties: { a: { type: 'string' }, b: { type: 'number' }, c: { type: 'null' } }, required: ['a', 'c'] })
    const at = (text: string): number => grammar.indexOf(text)
    expect(at('\\"a\\"')).toBeGreaterThan(0)
    expect(grammar).toMatch(/\( "," space r\d+ \)\? r\d+/)
    expect(isClosed(grammar)).toBe(true)
  })

  it.each<[string, Record<string, unknown>, RegExp]>([
    ['a pattern', { type: 'string', pattern: '^a' }, /“pattern”/],
    ['a bound', { type: 'object', properties: { age: { type: 'integer', minimum: 3 } } }, /at \/age .*“minimum”/],
    ['an unknown word', { type: 'string', frobnicate: 1 }, /“frobnicate”/],
    ['an unknown type', { type: 'date' }, /unknown type "date"/],
    ['another document', { $ref: 'https://example.org/schema' }, /another document/],
    ['a reference to nothing', { $ref: '#/$defs/none' }, /not there/],
    ['a reference that is no address', { $ref: '#/%zz' }, /cannot be read/],
    ['a choice of nothing', { enum: [] }, /no value/],
    ['alternatives of nothing', { anyOf: [] }, /no value/],
    ['no types', { type: [] }, /no type/],
    ['parts that contradict each other', { allOf: [{ type: 'string' }, { type: 'number' }] }, /two different kinds of “type”/],
    ['a length that no grammar counts', { type: 'string', minLength: 5000 }, /length/],
    ['a list of impossible length', { type: 'array', minItems: 3, maxItems: 1 }, /length/],
    ['what nothing satisfies', { type: 'object', properties: { a: false } }, /at \/a .*no schema/],
  ])('refuses %s and says where', (_name, schema, words) => {
    expect(reasonOf(schema)).toMatch(words)
  })

  it('leaves bounds out for tools, but not what it does not know', () => {
    expect(reasonOf({ type: 'string', pattern: '^a', maxLength: 5000 }, { isLenient: true })).toBe('')
    expect(reasonOf({ type: 'integer', minimum: 3, maximum: 9 }, { isLenient: true })).toBe('')
    expect(reasonOf({ type: 'date' }, { isLenient: true })).toMatch(/date/)
  })

  it('refuses a schema that grows beyond measure', () => {
    const properties = Object.fromEntries(Array.from({ length: 2000 }, (_, index) => [`p${index}`, { type: 'string' }]))
    expect(reasonOf({ type: 'object', properties })).toMatch(/too large/)
  })
})

it('writes grammars of any JSON object, of choices and of a free way out', () => {
  expect(isClosed(jsonGrammar())).toBe(true)
  expect(rulesOf(jsonGrammar()).get('root')).toBe('object')
  expect(choiceGrammar(['a"b', 'c'])).toBe('root ::= "a\\"b" | "c"')
  expect(orFreely(jsonGrammar(), '<call>').split('\n')[0]).toBe('root ::= object | "<call>" [^\\x00]*')
})

describe('what llama.cpp reads as any JSON', () => {
  let llama: Llama
  let grammar: LlamaGrammar
  beforeAll(async () => {
    llama = await getLlama({ gpu: false, build: 'never', skipDownload: true, progressLogs: false, logLevel: LlamaLogLevel.error })
    grammar = await llama.createGrammar({ grammar: jsonGrammar() })
  })
  afterAll(async () => await llama?.dispose())
  /** node-llama-cpp's own door to a grammar without a model; it is not in the types. */
  const follows = (text: string): boolean => (grammar as unknown as { _testText(text: string): boolean })._testText(text)

  it.each(['{}', '{"a":1}', '{ "a": -1.5e3, "b": [], "c": [1, "x", null, {"d": [[{}], true]}] }', '{\n  "a": {\n    "b": {"c": "\\u00e9 \\"q\\""}\n  }\n}'])('takes the object %s', text => {
    expect(JSON.parse(text)).toBeTypeOf('object')
    expect(follows(text)).toBe(true)
  })

  it.each(['42', '"text"', 'null', 'true', '[]', '[{}]', ' 1', '', '{', '{"a":1', '{}{}', '{} and more', '{"a":}'])('does not take %s', text => {
    expect(follows(text)).toBe(false)
  })
})
