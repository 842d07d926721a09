import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { SentBudget } from '#shared/contract/chat.ts'
import { contextParts, shareWords } from './context-parts.ts'

const budget: SentBudget = { contextTokens: 8192, systemTokens: 52, filesTokens: 1200, historyTokens: 900, toolsTokens: 300, promptTokens: 48, answerReserveTokens: 2048, totalTokens: 2500 }

describe('the parts of a context', () => {
  it('say all of it in order, as parts and as words', () => {
    const { sent, free, reserve, overTokens, text } = contextParts(budget)
    expect(sent.map(({ kind, tokens }) => [kind, tokens])).toEqual([['system', 52], ['files', 1200], ['history', 900], ['tools', 300], ['question', 48]])
    expect([free.tokens, reserve.tokens, overTokens]).toEqual([3644, 2048, 0])
    expect(text).toBe('2,500 of 8,192 tokens: System prompt 52, Files and selections 1,200, History 900, Tools 300, Question and template 48. Kept for the answer 2,048, Free 3,644.')
  })

  it('have no tools where the model may call nothing', () => {
    const { toolsTokens: _none, ...without } = budget
    expect(contextParts({ ...without, totalTokens: 2200 }).sent[3]).toMatchObject({ kind: 'tools', tokens: 0 })
  })

  it('say by how much a question is too long', () => {
    expect(contextParts({ ...budget, promptTokens: 7548, totalTokens: 10_000 })).toMatchObject({ overTokens: 3856, free: { tokens: 0 } })
  })

  it('add up to the whole context for whatever fits', () => {
    const count = fc.integer({ min: 0, max: 2_000_000 })
    fc.assert(
      fc.property(fc.array(count, { minLength: 7, maxLength: 7 }), ([systemTokens = 0, filesTokens = 0, historyTokens = 0, toolsTokens = 0, promptTokens = 0, answerReserveTokens = 0, spare = 0]) => {
        const totalTokens = systemTokens + filesTokens + historyTokens + toolsTokens + promptTokens
        const contextTokens = totalTokens + answerReserveTokens + spare
        const { sent, free, reserve, overTokens } = contextParts({ contextTokens, systemTokens, filesTokens, historyTokens, toolsTokens, promptTokens, answerReserveTokens, totalTokens })
        expect(sent.reduce((sum, part) => sum + part.tokens, 0)).toBe(totalTokens)
        expect(totalTokens + free.tokens + reserve.tokens).toBe(contextTokens)
        expect(overTokens).toBe(0)
      }),
    )
  })

  it('write shares as a person reads them', () => {
    expect([0, 0.0004, 0.001, 0.0424, 0.0994, 0.0996, 0.374, 1, 1.52].map(shareWords)).toEqual(['0 %', 'under 0.1 %', '0.1 %', '4.2 %', '9.9 %', '10 %', '37 %', '100 %', '152 %'])
  })
})
