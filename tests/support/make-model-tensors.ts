import type { TensorPlan } from './gguf-writer.ts'

export type Architecture = 'llama' | 'qwen2' | 'gemma' | 'starcoder' | 'bert'

export interface Shape {
  architecture: Architecture
  layers: number
  width: number
  heads: number
  keyValueHeads: number
  feedForward: number
  contextLength: number
  vocabularySize: number
}

const vector = (name: string, length: number): TensorPlan => ({ name, dimensions: [length], type: 'F32' })
const matrix = (name: string, rows: number, columns: number): TensorPlan => ({ name, dimensions: [rows, columns], type: 'Q8_0' })
const both = (name: string, length: number): TensorPlan[] => [vector(`${name}.weight`, length), vector(`${name}.bias`, length)]
const withBias = (name: string, rows: number, columns: number): TensorPlan[] => [matrix(`${name}.weight`, rows, columns), vector(`${name}.bias`, columns)]

/** The tensors that llama.cpp reads of an architecture. The vocabulary is tied: what reads a token writes it too. */
export function tensorPlans(shape: Shape): TensorPlan[] {
  const { architecture, layers, width, contextLength, vocabularySize } = shape
  const blocks = Array.from({ length: layers }, (_, index) => blockOf(shape, `blk.${index}`)).flat()
  const pieces = matrix('token_embd.weight', width, vocabularySize)
  const places = matrix('position_embd.weight', width, contextLength)
  if (architecture === 'bert') return [pieces, { name: 'token_types.weight', dimensions: [width, 2], type: 'F32' }, places, ...both('token_embd_norm', width), ...withBias('cls', width, width), ...withBias('cls.output', width, 1), ...blocks]
  if (architecture === 'starcoder') return [pieces, places, ...both('output_norm', width), ...blocks]
  return [pieces, vector('output_norm.weight', width), ...blocks]
}

function blockOf({ architecture, width, heads, keyValueHeads, feedForward }: Shape, block: string): TensorPlan[] {
  const keyWidth = (width / heads) * keyValueHeads
  if (architecture === 'bert')
    return [
      ...withBias(`${block}.attn_q`, width, width),
      ...withBias(`${block}.attn_k`, width, width),
      ...withBias(`${block}.attn_v`, width, width),
      ...withBias(`${block}.attn_output`, width, width),
      ...both(`${block}.attn_output_norm`, width),
      ...withBias(`${block}.ffn_up`, width, feedForward),
      ...withBias(`${block}.ffn_down`, feedForward, width),
      ...both(`${block}.layer_output_norm`, width),
    ]
  if (architecture === 'starcoder')
    return [
      ...both(`${block}.attn_norm`, width),
      ...withBias(`${block}.attn_qkv`, width, width + 2 * keyWidth),
      ...withBias(`${block}.attn_output`, width, width),
      ...both(`${block}.ffn_norm`, width),
      ...withBias(`${block}.ffn_down`, feedForward, width),
      ...withBias(`${block}.ffn_up`, width, feedForward),
    ]
  const attention = (name: string, columns: number): TensorPlan[] => (architecture === 'qwen2' ? withBias(name, width, columns) : [matrix(`${name}.weight`, width, columns)])
  return [
    vector(`${block}.attn_norm.weight`, width),
    vector(`${block}.ffn_norm.weight`, width),
    ...attention(`${block}.attn_q`, width),
    ...attention(`${block}.attn_k`, keyWidth),
    ...attention(`${block}.attn_v`, keyWidth),
    matrix(`${block}.attn_output.weight`, width, width),
    matrix(`${block}.ffn_gate.weight`, width, feedForward),
    matrix(`${block}.ffn_up.weight`, width, feedForward),
    matrix(`${block}.ffn_down.weight`, feedForward, width),
  ]
}
