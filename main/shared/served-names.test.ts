import { describe, expect, it } from 'vitest'
import { servedNameOf, servedNames } from './served-names.ts'

const model = (id: string, name: string, quantization = 'Q4_K_M') => ({ id, name, quantization })

describe('names of models', () => {
  it('can be typed, and tell models apart by quantization and then by id', () => {
    const names = servedNames([model('1', 'SmolLM2 135M Instruct'), model('2', 'Qwen 2.5/Coder:7B', 'Q4_0'), model('3', 'qwen 2.5 coder 7b', 'Q8_0'), model('id-aaaaaa', 'Same'), model('id-bbbbbb', 'Same'), model('5', '模型')])
    expect([...names.keys()]).toEqual(['smollm2-135m-instruct', 'qwen-2.5-coder-7b-q4_0', 'qwen-2.5-coder-7b-q8_0', 'same-q4_k_m-aaaaaa', 'same-q4_k_m-bbbbbb', 'model'])
  })

  it('never give one name to two, nor leave one without', () => {
    const models = [model('same', 'A'), model('xsame', 'A'), model('a-q4_k_m', 'a q4_k_m'), model('4', 'A', '4')]
    expect([...servedNames(models).values()]).toHaveLength(4)
  })

  it('are found by the id of a model', () => {
    const models = [model('1', 'SmolLM2 135M Instruct'), model('2', 'Same', 'Q4_0'), model('3', 'Same', 'Q8_0')]
    expect(['1', '3', 'gone'].map(id => servedNameOf(id, models))).toEqual(['smollm2-135m-instruct', 'same-q8_0', 'gone'])
  })
})
