import fc from 'fast-check'
import type { Token } from 'node-llama-cpp'
import { describe, expect, it } from 'vitest'
import { AnswerEvents } from './answer-events.ts'
import { AnswerText, type Found, type Marks } from './answer-text.ts'
import type { GenerateEvent } from './contract.ts'
import { EventQueue } from './event-queue.ts'
import { TokenText } from './token-text.ts'

const none: Marks = { ends: [], stops: [], thoughtPrefixes: [], thoughtSuffixes: [], callPrefixes: [] }
const reasoning: Marks = { ...none, thoughtPrefixes: ['<think>'], thoughtSuffixes: ['</think>'] }

function read(parts: readonly string[], marks: Marks, isThinking = false): Found[] {
  const answer = new AnswerText(marks, isThinking)
  const found: Found[] = []
  for (const part of parts) {
    found.push(...answer.take(part))
    if (found.some(each => each.type !== 'text' && each.type !== 'reasoning')) return found
  }
  return [...found, ...answer.end()]
}
const textOf = (found: readonly Found[], type: 'text' | 'reasoning'): string => found.map(part => (part.type === type ? part.text : '')).join('')

describe('AnswerText', () => {
  it('ends before a stop text and tells which, however it is cut up', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1 }), sizes => {
        const text = 'Hello <stop> more'
        const parts: string[] = []
        for (let at = 0, index = 0; at < text.length; index++) {
          const size = sizes[index % sizes.length]!
          parts.push(text.slice(at, at + size))
          at += size
        }
        const found = read(parts, { ...none, stops: ['<stop>'] })
        expect(textOf(found, 'text')).toBe('Hello ')
        expect(found.at(-1)).toEqual({ type: 'stop', stopText: '<stop>' })
      }),
    )
  })

  it('gives back what only looked like a mark, and takes the first of several', () => {
    expect(textOf(read(['a <sto'], { ...none, stops: ['<stop>'] }), 'text')).toBe('a <sto')
    expect(read(['a b c'], { ...none, stops: ['c', 'b'] }).at(-1)).toEqual({ type: 'stop', stopText: 'b' })
    expect(read(['a<|end|>'], { ...none, ends: ['<|end|>'] }).at(-1)).toEqual({ type: 'end' })
  })

  it('tells reasoning from the answer, without the blank lines between them', () => {
    const found = read(['<th', 'ink>\nLet me', ' see.\n</thi', 'nk>\n\nIt is', ' 4.'], reasoning)
    expect(textOf(found, 'reasoning')).toBe('Let me see.\n')
    expect(textOf(found, 'text')).toBe('It is 4.')
  })

  it('begins inside reasoning where the template opened it, and heeds no stop text there', () => {
    const found = read(['a stop b</think>c stop d'], { ...reasoning, stops: ['stop'] }, true)
    expect(textOf(found, 'reasoning')).toBe('a stop b')
    expect(textOf(found, 'text')).toBe('c ')
  })

  it('says where a call begins, counted from the beginning of all that was written', () => {
    const found = read(['<think>x</think>', 'Well. <to', 'ol>{'], { ...reasoning, callPrefixes: ['<tool>'] })
    expect(found.at(-1)).toEqual({ type: 'call', at: '<think>x</think>Well. '.length })
  })
})

/** Tokens are bytes, and those over 255 are special. */
const model = {
  detokenize: (tokens: readonly Token[], isSpecial?: boolean) => (isSpecial && tokens[0]! > 255 ? `<${tokens[0]}>` : new TextDecoder().decode(Uint8Array.from(tokens.filter(token => token < 256) as readonly number[]))),
  isSpecialToken: (token?: Token) => token !== undefined && token > 255,
}
const bytes = (text: string): Token[] => [...new TextEncoder().encode(text)] as Token[]

describe('TokenText', () => {
  it('never splits a character', () => {
    const reader = new TokenText(model, [], () => false)
    expect(bytes('né👋').map(token => reader.take(token)).filter(text => text !== '')).toEqual(['n', 'é', '👋'])
  })

  it('lets bytes through that never become a character, at the end at the latest', () => {
    const reader = new TokenText(model, [], () => false)
    expect(Array.from({ length: 5 }, () => reader.take(0xff as Token)).join('') + reader.end()).not.toBe('')
    const short = new TokenText(model, [], () => false)
    expect(short.take(0xf0 as Token)).toBe('')
    expect(short.end()).not.toBe('')
    expect(short.end()).toBe('')
  })

  it('tells special tokens only where they are marks', () => {
    const reader = new TokenText(model, [], text => text === '<300>')
    expect([reader.take(97 as Token), reader.take(300 as Token), reader.take(301 as Token), reader.take(98 as Token)]).toEqual(['a', '<300>', '', 'b'])
  })
})

describe('AnswerEvents', () => {
  it('sends the first text at once, gathers the rest over 16 ms and never mixes kinds', async () => {
    const queue = new EventQueue<GenerateEvent>()
    const events = new AnswerEvents(queue)
    for (let tokens = 1; tokens <= 41; tokens++) {
      events.say('text', 'a', tokens)
      events.passed(tokens, 1000 + tokens)
    }
    events.say('reasoning', 'b', 42)
    events.addLogprob({ text: 'c', logprob: -1, top: [] })
    events.say('text', 'c', 43)
    events.flush(43)
    events.flush(43)
    queue.end()
    const sent: GenerateEvent[] = []
    for await (const event of queue.read()) sent.push(event)
    expect(sent.map(event => event.type)).toEqual(['text-delta', 'text-delta', 'text-delta', 'text-delta', 'reasoning-delta', 'text-delta'])
    expect(sent[0]).toEqual({ type: 'text-delta', text: 'a', tokens: 1 })
    expect(sent.at(-1)).toEqual({ type: 'text-delta', text: 'c', tokens: 43, logprobs: [{ text: 'c', logprob: -1, top: [] }] })
  })
})
