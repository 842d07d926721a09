import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ContextInput } from '#shared/contract/chat.ts'
import type { Judgement } from '../../platform/labels/context-gate.ts'
import { assemblePrompt, refuseOverflow, type PromptRequest, type TokenCounter } from './assemble-prompt.ts'
import { linesOf } from './attachment-text.ts'
import { exchangeTurns, questionTurns, type Exchange } from './chat-exchange.ts'

/** Words are tokens; each turn has a frame of two and the answer's opening two more. */
const words: TokenCounter = {
  countTokens: async texts => texts.map(text => text.match(/\S+/g)?.length ?? 0),
  countChatTokens: async turns => turns.reduce((sum, turn) => sum + (turn.text.match(/\S+/g)?.length ?? 0) + 2, 2),
}

/** Counts a whole as more than its parts, by up to a fifth, as no real tokenizer does so badly. */
const unfair: TokenCounter = {
  countTokens: async texts => texts.map(text => Math.ceil(text.length / 4)),
  countChatTokens: async turns => turns.reduce((sum, turn) => sum + Math.ceil((text => text.length / 4 + text.length / 20)(turn.text)) + 3, 3),
}

const file = (lines: number, more: Partial<ContextInput & Judgement> = {}): ContextInput & Judgement => ({
  label: 'internal',
  rule: 'default',
  decision: 'sent',
  kind: 'file',
  path: 'src/a.ts',
  startLine: 1,
  totalLines: lines,
  cursorLine: 1,
  text: Array.from({ length: lines }, (_, index) => `line ${index + 1}\n`).join(''),
  ...more,
})
const base: PromptRequest = { system: 'be brief', history: [], prompt: 'what is this', attachments: [], contextTokens: 200, destination: 'local', reserveShare: 0.33 }
const exchange = ([prompt, answer]: readonly [string, string]): Exchange => ({ attachmentText: '', prompt, answer })
const assemble = (more: Partial<PromptRequest>, counter = words) => assemblePrompt({ ...base, ...more }, counter)

describe('assemblePrompt', () => {
  it('puts system, history, attachments and question in this order', async () => {
    const { turns, attachmentText } = await assemble({ history: [exchange(['first', 'answer'])], attachments: [file(3)] })
    expect(turns.map(turn => turn.role)).toEqual(['system', 'user', 'assistant', 'user', 'assistant', 'user'])
    expect(attachmentText).toBe('src/a.ts, lines 1–3 of 3:\n```ts\nline 1\nline 2\nline 3\n```')
    expect(turns.map(turn => turn.text)).toEqual(['be brief', 'first', 'answer', attachmentText, 'I have read it.', 'what is this'])
  })

  it('asks again with attachments as they were', async () => {
    const { turns, budget } = await assemble({ attachmentText: 'a.ts, line 1 of 1' })
    expect(budget).toMatchObject({ filesTokens: 5, attachments: [] })
    expect(budget.systemTokens + budget.filesTokens + budget.promptTokens).toBe(budget.totalTokens)
    expect(turns.map(turn => turn.text)).toEqual(['be brief', 'a.ts, line 1 of 1', 'I have read it.', 'what is this'])
  })

  it('lets in no byte of what was refused, and says so', async () => {
    const refused = { label: 'secret', rule: '.env*', decision: 'refused', text: 'TOKEN=canary\n' } as const
    for (const kind of ['file', 'selection'] as const) {
      const { turns, attachmentText, keptText, budget } = await assemble({ attachments: [file(1, { kind, path: '.env', ...refused }), file(2)] })
      expect(JSON.stringify(turns) + attachmentText + keptText).not.toMatch(/canary|\.env/)
      expect(budget.attachments).toMatchObject([{ path: '.env', isIncluded: false, tokens: 0, label: 'secret', rule: '.env*', decision: 'refused' }, { path: 'src/a.ts', isIncluded: true, decision: 'sent' }])
      expect(budget.label).toBe('internal')
    }
  })

  it('checks labels once more, whatever was decided before', async () => {
    const text = 'canary\n'
    for (const more of [{ label: 'secret', decision: 'sent' }, { label: 'unknown' as never, decision: 'sent' }, { label: 'internal', decision: 'unknown' as never }] as const) expect(JSON.stringify(await assemble({ attachments: [file(1, { text, rule: '', ...more })] }))).not.toContain('canary')
    for (const destination of ['remote', 'unknown' as never] as const) {
      for (const more of [{ label: 'internal', decision: 'sent' }, { label: 'secret', decision: 'overridden' }] as const) expect(JSON.stringify(await assemble({ destination, attachments: [file(1, { text, rule: '', ...more })] }))).not.toContain('canary')
    }
    expect(JSON.stringify((await assemble({ destination: 'remote', attachments: [file(1, { text, rule: 'docs/', label: 'public' })] })).turns)).toContain('canary')
  })

  it('keeps no text of what was let through for one message', async () => {
    const { attachmentText, keptText, budget } = await assemble({ attachments: [file(1, { path: '.env', text: 'canary\n', label: 'secret', rule: '.env*', decision: 'overridden' }), file(2)] })
    expect(attachmentText).toContain('canary')
    expect(keptText).not.toContain('canary')
    expect(keptText).toContain('src/a.ts')
    expect(budget).toMatchObject({ label: 'secret', attachments: [{ decision: 'overridden', isIncluded: true }, { decision: 'sent' }] })
  })

  it('sends no empty system turn', async () => {
    expect((await assemble({ system: '' })).turns.map(turn => turn.role)).toEqual(['user'])
  })

  it('takes the lines round the cursor that fit, and says which', async () => {
    const { budget, attachmentText } = await assemble({ attachments: [file(300, { cursorLine: 150 })] })
    const use = budget.attachments[0]!
    expect(use).toMatchObject({ isIncluded: true, totalLines: 300, path: 'src/a.ts' })
    expect(use.startLine).toBeLessThan(150)
    expect(use.endLine).toBeGreaterThan(150)
    expect(Math.abs(150 - use.startLine - (use.endLine - 150))).toBeLessThanOrEqual(1)
    expect(attachmentText).toContain(`lines ${use.startLine}–${use.endLine} of 300`)
    expect(budget.totalTokens).toBeLessThanOrEqual(200 - 66)
    expect(budget.totalTokens).toBeGreaterThan(200 - 66 - 6)
  })

  it('counts lines from where the attachment begins in its file', async () => {
    const { budget, attachmentText } = await assemble({ attachments: [file(5, { kind: 'selection', startLine: 40, totalLines: 90 })] })
    expect(budget.attachments[0]).toMatchObject({ kind: 'selection', startLine: 40, endLine: 44, isIncluded: true })
    expect(attachmentText).toContain('lines 40–44 of 90')
    const one = await assemble({ attachments: [file(1, { kind: 'selection', startLine: 7, totalLines: 90 })] })
    expect(one.attachmentText).toContain('line 7 of 90')
  })

  it('says that nothing of a file fits', async () => {
    const { budget, attachmentText } = await assemble({ attachments: [file(1, { text: 'word '.repeat(500) })] })
    expect(budget.attachments).toMatchObject([{ isIncluded: false, tokens: 0 }])
    expect(attachmentText).toBe('')
    const long = await assemble({ attachments: [file(1, { text: 'x'.repeat(100_000) })] })
    expect(long.budget.attachments).toMatchObject([{ isIncluded: false }])
  })

  it('shares the room among files and leaves what a short one does not need', async () => {
    const { budget } = await assemble({ attachments: [file(3), file(300, { path: 'b.ts', cursorLine: 100 })] })
    expect(budget.attachments[0]).toMatchObject({ startLine: 1, endLine: 3 })
    expect(budget.attachments[1]!.endLine - budget.attachments[1]!.startLine).toBeGreaterThan(40)
  })

  it('leaves the oldest turns out and says how many', async () => {
    const history = Array.from({ length: 30 }, (_, index) => ({ ...exchange([`question ${index} ${'q '.repeat(5)}`, `answer ${index}`]), answerId: `answer-${index}` }))
    const { budget, turns } = await assemble({ history })
    const kept = (turns.length - 2) / 2
    expect(kept).toBeGreaterThan(3)
    expect(budget.droppedTurns).toBe(2 * (30 - kept))
    expect(budget.droppedThroughId).toBe(`answer-${29 - kept}`)
    expect((await assemble({ history: history.slice(-2) })).budget).not.toHaveProperty('droppedThroughId')
    expect(turns[1]?.text).toContain(`question ${30 - kept} `)
    expect(turns.at(-2)?.text).toBe('answer 29')
  })

  it('gives files half of the room while there is history, and all that the history leaves', async () => {
    const history = Array.from({ length: 30 }, (_, index) => exchange([`question ${index}`, `answer ${'a '.repeat(8)}`]))
    const { budget } = await assemble({ history, attachments: [file(300, { cursorLine: 50 })] })
    expect(budget.historyTokens).toBeGreaterThan(30)
    expect(budget.attachments[0]!.tokens).toBeGreaterThan(30)
    const little = await assemble({ history: [exchange(['a', 'b'])], attachments: [file(300, { cursorLine: 50 })] })
    expect(little.budget.attachments[0]!.tokens).toBeGreaterThan(80)
  })

  it('refuses a question that does not fit, with counts, and a selection likewise', async () => {
    const long = await assemble({ prompt: 'word '.repeat(500) })
    expect(() => refuseOverflow(long)).toThrow(expect.objectContaining({ code: 'CONTEXT_OVERFLOW', data: { promptTokens: 508, availableTokens: 134, contextTokens: 200 } }))
    const selection = await assemble({ attachments: [file(200, { kind: 'selection' })] })
    expect(() => refuseOverflow(selection)).toThrow('CONTEXT_OVERFLOW')
    expect(selection.budget.attachments).toMatchObject([{ isIncluded: true, startLine: 1, endLine: 200 }])
    refuseOverflow(await assemble({}))
  })

  it('does not count a long history whole', async () => {
    let counted = 0
    const counter: TokenCounter = { ...words, countTokens: async texts => ((counted += texts.join('').length), words.countTokens(texts)) }
    const { budget } = await assemble({ history: Array.from({ length: 5000 }, () => exchange(['q '.repeat(50), 'a '.repeat(50)])) }, counter)
    expect(counted).toBeLessThan(20_000)
    expect(budget.droppedTurns).toBeGreaterThan(9000)
  })

  const text = fc.oneof(fc.string({ maxLength: 80 }), fc.constantFrom('```', '````ts\n', 'const a = 1\n', 'word '.repeat(30), '\n\n\n'))
  const attachment = fc
    .record({ kind: fc.constantFrom('file' as const, 'selection' as const), path: fc.constantFrom('a.ts', 'b`\n`.md', 'noext'), startLine: fc.integer({ min: 1, max: 50 }), lines: fc.array(text, { minLength: 1, maxLength: 60 }), cursor: fc.integer({ min: 0, max: 59 }) })
    .map(({ kind, path, startLine, lines, cursor }): ContextInput & Judgement => {
      const joined = lines.join('\n')
      const count = linesOf({ text: joined }).length
      return { kind, path, startLine, totalLines: startLine + count + 5, cursorLine: startLine + Math.min(cursor, count - 1), text: joined, label: 'internal', rule: 'default', decision: 'sent' }
    })

  it.each([['a fair counter', words], ['a counter whose parts do not add up', unfair]])('for any conversation, with %s: never over the room, nothing cut silently', async (_, counter) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ attachmentText: fc.oneof(fc.constant(''), text), prompt: text, answer: text }), { maxLength: 12 }), text, fc.array(attachment, { maxLength: 3 }), fc.integer({ min: 60, max: 1200 }), fc.double({ min: 0.1, max: 0.8, noNaN: true }),
        async (history, prompt, attachments, contextTokens, reserveShare) => {
          const assembled = await assemble({ history, prompt, attachments, contextTokens, reserveShare }, counter)
          const { budget, turns, attachmentText } = assembled
          const available = contextTokens - Math.floor(contextTokens * reserveShare)
          const required = await assemble({ prompt, contextTokens, reserveShare, attachments: attachments.filter(input => input.kind === 'selection') }, counter)
          expect(budget.totalTokens).toBe(await counter.countChatTokens(turns))
          expect(budget.filesTokens).toBe(budget.attachments.reduce((sum, use) => sum + use.tokens, 0))
          expect(budget.systemTokens + budget.filesTokens + budget.historyTokens + budget.promptTokens).toBe(budget.totalTokens)
          if (required.budget.totalTokens <= available) {
            expect(budget.totalTokens).toBeLessThanOrEqual(available)
            refuseOverflow(assembled)
          } else expect(() => refuseOverflow(assembled)).toThrow('CONTEXT_OVERFLOW')
          const kept = history.slice(budget.droppedTurns / 2)
          const expected = [...kept.flatMap(exchangeTurns), ...questionTurns({ attachmentText, prompt })]
          expect(turns).toEqual([{ role: 'system', text: 'be brief' }, ...expected])
          for (const [index, use] of budget.attachments.entries()) {
            const input = attachments[index]!
            if (input.kind === 'selection') expect(use.isIncluded).toBe(true)
            if (!use.isIncluded) continue
            const shown = linesOf(input).slice(use.startLine - input.startLine, use.endLine - input.startLine + 1)
            expect(shown.length).toBe(use.endLine - use.startLine + 1)
            expect(attachmentText).toContain(shown.join('\n'))
            if (input.kind === 'file') expect(use.startLine <= input.cursorLine! && input.cursorLine! <= use.endLine).toBe(true)
            else expect(shown).toEqual(linesOf(input))
          }
        },
      ),
      { numRuns: 150 },
    )
  })
})

describe('the order of a prompt', () => {
  const texts = fc.array(fc.constantFrom('alpha', 'beta', 'gamma\n', 'delta'), { minLength: 1, maxLength: 12 }).map(parts => parts.join(' '))
  const asked = fc.record({ prompt: texts, answer: texts, lines: fc.integer({ min: 0, max: 5 }) })

  // The state of what a model has read is of use again only where the next prompt begins with it: this fails as soon as something that changes moves forward.
  it('begins each question with all that was read and answered before', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(asked, { minLength: 2, maxLength: 6 }), async questions => {
        const history: Exchange[] = []
        let read: string[] = []
        for (const { prompt, answer, lines } of questions) {
          const { turns, attachmentText } = await assemble({ history, prompt, attachments: lines > 0 ? [file(lines)] : [], contextTokens: 100_000 })
          const now = turns.map(turn => `${turn.role}: ${turn.text}`)
          expect(now.slice(0, read.length)).toEqual(read)
          // The question is what changes most: nothing stands behind it.
          expect(now.at(-1)).toBe(`user: ${prompt}`)
          read = [...now, `assistant: ${answer}`]
          history.push({ attachmentText, prompt, answer })
        }
      }),
      { numRuns: 50 },
    )
  })

  it('says of every turn that it leaves out that it does', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(asked, { maxLength: 20 }), fc.integer({ min: 20, max: 300 }), async (questions, contextTokens) => {
        const history = questions.map(({ prompt, answer }): Exchange => ({ attachmentText: '', prompt, answer }))
        const { turns, budget } = await assemble({ history, contextTokens })
        const kept = (turns.length - 2) / 2
        expect(budget.droppedTurns).toBe(2 * (history.length - kept))
        // Those that stay are the newest, whole and in order.
        expect(turns.slice(1, -1)).toEqual(history.slice(history.length - kept).flatMap(exchangeTurns))
      }),
      { numRuns: 100 },
    )
  })

  it('counts what may be called', async () => {
    const counter: TokenCounter = { ...words, countChatTokens: async (turns, _signal, tools = []) => (await words.countChatTokens(turns)) + tools.length * 7 }
    const tools = [{ name: 'read', description: 'Reads a file.' }, { name: 'list' }]
    const without = (await assemble({}, counter)).budget
    const { budget } = await assemble({ tools }, counter)
    expect(without).not.toHaveProperty('toolsTokens')
    expect(budget).toMatchObject({ toolsTokens: 14, totalTokens: without.totalTokens + 14, promptTokens: without.promptTokens })
  })
})
