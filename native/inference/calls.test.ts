import { getLlama, QwenChatWrapper, type Llama, type LlamaModel } from 'node-llama-cpp'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { starterPath } from '../../tests/support/starter.ts'
import { writeAnswer } from '../../tests/support/write-answer.ts'
import { ChatTemplate } from './chat-template.ts'
import type { GenerateRequest } from './contract.ts'

let llama: Llama
let model: LlamaModel
beforeAll(async () => {
  llama = await getLlama({ gpu: false, build: 'never' })
  model = await llama.loadModel({ modelPath: starterPath })
})
afterAll(() => llama.dispose())

const look = { name: 'look', parameters: { type: 'object', properties: { place: { type: 'string' } }, required: ['place'] } }
const call = '<tool_call>\n{"name": "look", "arguments": {}}\n</tool_call>'
const runs = [`<think>\nWhere?\n</think>\n\nI look.${call}`, '{"place":"here"}<|im_end|>', `\n${call}`, '{"place":"there"}<|im_end|>', '<|im_end|>']

const write = (request: Partial<GenerateRequest> = {}) => writeAnswer(model, new ChatTemplate(model, new QwenChatWrapper(), 'made'), runs, { turns: [{ role: 'user', text: 'Where is it?' }], tools: [look], ...request })

it('takes calls that follow each other', async () => {
  expect(await write()).toMatchObject({ reasoning: 'Where?\n', text: 'I look.', calls: [{ name: 'look', parameters: '{"place":"here"}' }, { name: 'look', parameters: '{"place":"there"}' }], stopReason: 'tool-calls' })
})

it('ends behind the last call that it may make', async () => {
  const { calls, prompts, stopReason } = await write({ mostCalls: 1 })
  expect({ calls, stopReason }).toEqual({ calls: [{ name: 'look', parameters: '{"place":"here"}' }], stopReason: 'tool-calls' })
  expect(prompts).toHaveLength(2)
})
