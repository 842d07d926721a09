import { describe, expect, it } from 'vitest'
import { AppError } from '#shared/errors.ts'
import type { LoadedModel } from '../../../native/inference/contract.ts'
import { CardDoubt } from './card-doubt.ts'
import { cardFailure } from './engine-faults.ts'

const crash = (reason: string) => new AppError('WORKER_CRASHED', { worker: 'inference', reason })
const facts = (device: string, gpuLayers: number): LoadedModel => ({ contextTokens: 64, threads: 1, device, gpuLayers, canChat: true, canFill: true, fillMode: null, canEmbed: false, canRerank: false, dimensions: null, sequences: 1, measuredThreads: {} })

describe('CardDoubt', () => {
  it('keeps a model off a card that has gone, and says so', () => {
    const card = new CardDoubt()
    expect(card.failed(crash('signal SIGKILL'))).toBe(true)
    expect([card.isOpen, card.isOff, card.words(null, true)]).toEqual([true, false, 'Its process ended (signal SIGKILL) while it used the graphics card; the card is looked at again, and the model is being started again.'])
    expect(card.settle(false)).toBe(true)
    expect([card.isOpen, card.isOff]).toEqual([false, true])
    expect(card.words(null, false)).toBe('Its process ended (signal SIGKILL) while it used the graphics card, and the card was not found when it was looked at again: it runs on the processor now.')
    expect(card.words(null, true)).toContain('load the model again to use it')
  })

  it('tries a card that is there once more, and not a third time', () => {
    const card = new CardDoubt()
    card.failed(crash('signal SIGABRT'))
    expect([card.settle(true), card.isOff, card.words(null, true)]).toEqual([false, false, null])
    card.failed(new AppError('MODEL_COMPUTE_FAILED', { reason: 'device lost' }))
    expect([card.settle(true), card.isOff]).toEqual([true, true])
    expect(card.words(null, true)).toContain('although the card is there: it runs on the processor now')
  })

  it('takes a card for broken that a model cannot be loaded on again, and blames none for what others ended', () => {
    const card = new CardDoubt()
    expect(card.failed(new AppError('MODEL_LOAD_FAILED', { id: 'a', reason: 'x' }))).toBe(false)
    expect(card.failed(crash('it was stopped'))).toBe(false)
    // So the system ends a process when memory is short: no fault of a card that is there.
    for (let count = 0; count < 3; count++) {
      card.failed(crash('signal SIGKILL'))
      expect(card.settle(true)).toBe(false)
    }
    expect(card.failed(new AppError('MODEL_LOAD_FAILED', { id: 'a', reason: 'x' }))).toBe(true)
    expect(card.settle(true)).toBe(true)
  })
})

describe('cardFailure', () => {
  it('tells a call of the card only where the model was on one and the process ended by itself', () => {
    const error = crash('signal SIGABRT')
    expect(cardFailure(error, facts('cuda', 9), 'inference')).toMatchObject({ code: 'MODEL_CARD_FAILED', data: { worker: 'inference', device: 'cuda', reason: 'its process ended: signal SIGABRT' } })
    expect(cardFailure(new AppError('MODEL_COMPUTE_FAILED', { reason: 'device lost' }), facts('vulkan', 1), 'inference')).toMatchObject({ code: 'MODEL_CARD_FAILED', data: { reason: 'llama.cpp could not go on: device lost' } })
    expect([cardFailure(error, facts('cpu', 0), 'inference'), cardFailure(error, facts('cuda', 0), 'inference'), cardFailure(error, null, 'inference')]).toEqual([error, error, error])
    const stopped = crash('it was stopped')
    expect(cardFailure(stopped, facts('cuda', 9), 'inference')).toBe(stopped)
  })
})
