import { describe, expect, it } from 'vitest'
import { FakeClock } from '../clock/fake-clock.ts'
import { EgressQuestions } from './egress-questions.ts'

const asked = { feature: 'models', why: 'a download', host: 'a.example', port: 443, isLocal: false }
const never = new AbortController().signal

describe('EgressQuestions', () => {
  it('asks the same question once and tells everybody the answer', async () => {
    const questions = new EgressQuestions(new FakeClock())
    const seen: number[] = []
    questions.onChange(() => seen.push(questions.pending().length))
    const answers = [questions.ask(asked, never), questions.ask({ ...asked, why: 'again' }, never), questions.ask({ ...asked, port: 80 }, never)]
    expect(questions.pending()).toMatchObject([{ host: 'a.example', port: 443, why: 'a download' }, { port: 80 }])
    questions.answer(questions.pending()[0]!.id, 'once')
    expect(await Promise.all(answers.slice(0, 2))).toEqual(['once', 'once'])
    questions.refuseAll()
    expect(await answers[2]).toBe('refuse')
    expect(seen).toEqual([1, 2, 1, 0])
    expect(() => questions.answer('nobody', 'once')).toThrow('EGRESS_QUESTION_NOT_FOUND')
  })

  it('refuses what nobody answers', async () => {
    const questions = new EgressQuestions(new FakeClock(), 30)
    expect(await questions.ask(asked, never)).toBe('refuse')
    expect(questions.pending()).toEqual([])
  })

  it('takes a question back when nobody waits for it any more', async () => {
    const questions = new EgressQuestions(new FakeClock())
    const [one, other] = [new AbortController(), new AbortController()]
    const answers = [questions.ask(asked, one.signal), questions.ask(asked, other.signal)]
    one.abort()
    await expect(answers[0]).rejects.toThrow('aborted')
    expect(questions.pending()).toHaveLength(1)
    other.abort()
    await expect(answers[1]).rejects.toThrow('aborted')
    expect(questions.pending()).toEqual([])
    await expect(questions.ask(asked, one.signal)).rejects.toThrow('aborted')
  })

  it('does not bury a person under questions', async () => {
    const questions = new EgressQuestions(new FakeClock())
    const answers = Array.from({ length: 21 }, (_, index) => questions.ask({ ...asked, host: `${index}.example` }, never))
    expect(await answers[20]).toBe('refuse')
    expect(questions.pending()).toHaveLength(20)
    questions.refuseAll()
    await Promise.all(answers)
  })
})
