import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Found } from './answer-text.ts'
import { HarmonyText } from './harmony-text.ts'

type Options = Partial<ConstructorParameters<typeof HarmonyText>[0]> & { begun?: string }

function read(parts: readonly string[], { begun = '', ...reading }: Options = {}): Found[] {
  const answer = new HarmonyText({ stops: [], canCall: false, hasFormat: false, ...reading }, begun)
  const found: Found[] = []
  for (const part of parts) {
    found.push(...answer.take(part))
    if (found.some(each => each.type !== 'text' && each.type !== 'reasoning')) return found
  }
  return [...found, ...answer.end()]
}
const textOf = (found: readonly Found[], type: 'text' | 'reasoning'): string => found.map(part => (part.type === type ? part.text : '')).join('')
const marks = /<\|(?:start|end|message|channel|constrain|return|call)\|>|assistant|analysis|commentary/

/** Each text in pieces of these sizes, over and over. */
const cut = (text: string, sizes: readonly number[]): string[] => {
  const parts: string[] = []
  for (let at = 0, index = 0; at < text.length; index++) {
    const size = sizes[index % sizes.length]!
    parts.push(text.slice(at, at + size))
    at += size
  }
  return parts
}
const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 })

describe('HarmonyText', () => {
  it('tells reasoning, preamble and answer apart and shows no mark, however it is cut up', () => {
    const text = '<|channel|>analysis<|message|>Two and two.<|end|><|start|>assistant<|channel|>commentary<|message|>I look.<|end|><|start|>assistant<|channel|>final<|message|>It is 4.<|return|>'
    fc.assert(
      fc.property(sizes, sizes => {
        const found = read(cut(text, sizes))
        expect(textOf(found, 'reasoning')).toBe('Two and two.')
        expect(textOf(found, 'text')).toBe('I look.\n\nIt is 4.')
        expect(found.at(-1)).toEqual({ type: 'end' })
      }),
    )
  })

  it('never shows a mark of a message, whatever comes between', () => {
    const piece = fc.constantFrom('<|start|>', 'assistant', '<|channel|>', 'analysis', 'final', '<|message|>', '<|end|>', ' to=', 'functions.', 'look', ' ', 'word', '<|constrain|>', 'json', '<', '|')
    fc.assert(
      fc.property(fc.array(piece), fc.boolean(), sizes, (pieces, canCall, sizes) => {
        const whole = pieces.join('')
        const found = read(cut(whole, sizes), { canCall })
        // In an answer itself only an end or a new message means anything.
        expect(textOf(found, 'text') + textOf(found, 'reasoning')).not.toMatch(/<\|(?:start|end)\|>/)
        for (const each of found) if (each.type === 'call') expect(whole.slice(each.at)).toMatch(/to=/)
      }),
    )
  })

  it.each([
    ['in the channel', '<|channel|>analysis<|message|>Look.<|end|><|start|>assistant', '<|channel|>commentary to=functions.look <|constrain|>json<|message|>{}<|call|>'],
    ['in the role', '<|channel|>analysis<|message|>Look.<|end|><|start|>assistant', ' to=functions.look<|channel|>commentary json<|message|>{}<|call|>'],
    ['at once', '', '<|channel|>commentary to=functions.look<|message|>{}<|call|>'],
    ['without its namespace', '', '<|channel|>commentary to=look <|constrain|>json<|message|>{}<|call|>'],
  ])('says where a call begins whose function stands %s', (_where, before, call) => {
    fc.assert(
      fc.property(sizes, sizes => {
        expect(read(cut(before + call, sizes), { canCall: true }).at(-1)).toEqual({ type: 'call', at: before.length })
      }),
    )
  })

  it('shows a call that nobody can take as text, rather than nothing', () => {
    const found = read(['<|channel|>commentary to=functions.look <|constrain|>json<|message|>{"a":1}<|call|>'])
    expect(found).toEqual([{ type: 'text', text: '{"a":1}' }, { type: 'end' }])
  })

  it('heeds stop texts in what is said alone', () => {
    const found = read(['<|channel|>analysis<|message|>a stop b<|end|><|start|>assistant<|channel|>final<|message|>c stop d'], { stops: ['stop'] })
    expect(found).toEqual([{ type: 'reasoning', text: 'a stop b' }, { type: 'text', text: 'c ' }, { type: 'stop', stopText: 'stop' }])
  })

  it('takes what comes before a constrained answer as reasoning', () => {
    const found = read(['<|channel|>commentary<|message|>Here.<|end|><|start|>assistant<|channel|>final <|constrain|>json<|message|>{}<|return|>'], { hasFormat: true })
    expect(found).toEqual([{ type: 'reasoning', text: 'Here.' }, { type: 'text', text: '{}' }, { type: 'end' }])
  })

  it('goes on where the prompt began the answer', () => {
    expect(read(['is it.<|return|>'], { begun: '<|channel|>final<|message|>Paris' })).toEqual([{ type: 'text', text: 'is it.' }, { type: 'end' }])
    expect(read([' is<|end|>'], { begun: '<|channel|>final<|message|>Paris' })).toEqual([{ type: 'text', text: ' is' }, { type: 'end' }])
  })

  it('takes text without a head as the answer, and ends where another speaker begins', () => {
    expect(read(['It', ' is 4.'])).toEqual([{ type: 'text', text: 'It' }, { type: 'text', text: ' is 4.' }])
    expect(read(['to', 'morrow'])).toEqual([{ type: 'text', text: 'tomorrow' }])
    expect(read(['t'])).toEqual([{ type: 'text', text: 't' }])
    expect(read(['<|channel|>analysis<|message|>a<|end|><|start|>user<|message|>b'])).toEqual([{ type: 'reasoning', text: 'a' }, { type: 'end' }])
    expect(read(['a<|start|>user'])).toEqual([{ type: 'text', text: 'a' }, { type: 'end' }])
  })

  it('goes on to the next message where the end of one is missing', () => {
    const found = read(['<|channel|>analysis<|message|>a<|channel|>final<|message|>b<|return|>'])
    expect(found).toEqual([{ type: 'reasoning', text: 'a' }, { type: 'text', text: 'b' }, { type: 'end' }])
    expect(textOf(found, 'text')).not.toMatch(marks)
  })
})
