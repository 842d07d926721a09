import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SamplingPreset } from '#shared/contract/models.ts'
import { copyName, draftOf, presetWords, readDraft, type PresetValue } from './preset-values.ts'

const code: PresetValue = { name: 'Code', temperature: 0.2, sampling: { topP: 0.95, minP: 0.05 } }
const change = (figures: Record<string, string>, rest: Partial<ReturnType<typeof draftOf>> = {}) => {
  const draft = draftOf(code)
  return { ...draft, ...rest, figures: { ...draft.figures, ...figures } }
}

describe('a preset that is typed', () => {
  it('comes back as it was put into the fields', () => {
    const whole: PresetValue = { name: 'All', temperature: 1.5, sampling: { topK: 40, topP: 0.9, minP: 0.1, repeatPenalty: 1.1, repeatLastTokens: 256, frequencyPenalty: -0.5, presencePenalty: 2, logitBias: { 13: -100, 7: 1.5 } } }
    for (const preset of [code, whole]) expect(readDraft(draftOf(preset), [])).toEqual({ value: preset, problems: null })
  })

  it('leaves out what is empty and takes what is written with blanks', () => {
    expect(readDraft(change({ topP: '', minP: ' .5 ', topK: '20' }, { name: '  Mine ' }), []).value).toEqual({ name: 'Mine', temperature: 0.2, sampling: { minP: 0.5, topK: 20 } })
  })

  it('says what is wrong, by field', () => {
    const { problems } = readDraft(change({ temperature: '', topP: '1.1', topK: '2.5', minP: 'half', repeatPenalty: '1e1', frequencyPenalty: '-3' }, { name: ' ', bias: '13' }), [])
    expect(problems).toMatchObject({ name: 'A preset needs a name.', temperature: 'A number from 0 to 2.', topP: 'A number from 0 to 1.', topK: 'A whole number from 0 to 1,000,000.', minP: 'A number from 0 to 1.', repeatPenalty: 'A number from 0 to 10.', frequencyPenalty: 'A number from -2 to 2.', bias: expect.stringContaining('token number') })
    expect(readDraft(draftOf(code), ['code', 'Other']).problems).toEqual({ name: 'Another preset has this name.' })
    expect(readDraft(change({}, { name: 'x'.repeat(81) }), []).problems).toEqual({ name: 'At most 80 characters.' })
    expect(readDraft(change({}, { bias: '5 101' }), []).problems).toHaveProperty('bias')
  })

  it('is one that the host takes, or has a problem', () => {
    const figure = fc.oneof(fc.string(), fc.float({ noNaN: true }).map(String), fc.integer().map(String))
    fc.assert(
      fc.property(fc.record({ temperature: figure, topP: figure, topK: figure, minP: figure }), fc.string(), fc.string(), (figures, name, bias) => {
        const { value, problems } = readDraft(change(figures, { name, bias }), [])
        if (value) expect(SamplingPreset.safeParse({ ...value, id: 'x', isBuiltIn: false }).success).toBe(true)
        else expect(Object.keys(problems).length).toBeGreaterThan(0)
      }),
    )
  })
})

describe('presets in words', () => {
  it('name their figures', () => {
    expect(presetWords(code)).toBe('temperature 0.2, top-p 0.95, min-p 0.05')
    expect(presetWords({ temperature: 0, sampling: { logitBias: { 1: 2 } } })).toBe('temperature 0, 1 token weighed')
  })

  it('get a free name when they are copied', () => {
    expect(copyName('Code', ['Code'])).toBe('Code copy')
    expect(copyName('Code copy', ['Code', 'code COPY'])).toBe('Code copy 2')
    expect(copyName('Code copy 2', ['Code copy', 'Code copy 2'])).toBe('Code copy 3')
  })
})
