import { describe, expect, it, vi } from 'vitest'
import { createTypist } from './typist.ts'

describe('typist', () => {
  it('keeps the order with one call at a time', async () => {
    const sent: string[] = []
    let release = (): void => undefined
    const typist = createTypist(
      async data => {
        sent.push(data)
        await new Promise<void>(resolve => (release = resolve))
      },
      () => expect.unreachable(),
    )
    typist.type('a')
    typist.type('b')
    typist.type('c')
    expect(sent).toEqual(['a'])
    release()
    await vi.waitFor(() => expect(sent).toEqual(['a', 'bc']), { timeout: 20_000 })
  })

  it('cuts a long paste into pieces that never part a character', async () => {
    const sent: string[] = []
    const typist = createTypist(async data => sent.push(data), () => expect.unreachable())
    const text = 'x'.repeat(99_999) + '\u{1F600}'.repeat(60_000)
    typist.type(text)
    await vi.waitFor(() => expect(sent.join('')).toBe(text), { timeout: 20_000 })
    expect(sent.length).toBe(3)
    expect(sent.every(piece => piece.isWellFormed())).toBe(true)
  })

  it('drops the rest after a failure and goes on with the next key', async () => {
    const failed = vi.fn()
    const send = vi.fn<(data: string) => Promise<void>>().mockRejectedValueOnce(new Error('lost')).mockResolvedValue()
    const typist = createTypist(send, failed)
    typist.type('a')
    typist.type('b')
    await vi.waitFor(() => expect(failed).toHaveBeenCalledTimes(1), { timeout: 20_000 })
    typist.type('c')
    await vi.waitFor(() => expect(send).toHaveBeenLastCalledWith('c'), { timeout: 20_000 })
    expect(send).toHaveBeenCalledTimes(2)
  })
})
