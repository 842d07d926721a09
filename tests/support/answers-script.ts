import { createRouterClient } from '@orpc/server'
import type { GenerateRequest } from '../../native/inference/contract.ts'
import { inferenceRouter } from '../../native/inference/inference-router.ts'

// Loads a model and prints what it writes: alone and side by side, with guesses from the prompt, and between two pieces of code.
const [path = ''] = process.argv.slice(2)
const client = createRouterClient(inferenceRouter())

async function load(speculation: 'off' | 'lookup'): Promise<void> {
  for await (const event of await client.load({ modelId: 'model', path, contextTokens: 2048, device: 'cpu', threads: 1, sequences: 4, speculation })) void event
}

async function write(text: string, asked: Partial<GenerateRequest> = {}): Promise<string> {
  let written = ''
  for await (const event of await client.generate({ turns: [{ role: 'user', text }], maxTokens: 40, temperature: 0, seed: null, ignoreEndOfText: true, ...asked })) if (event.type === 'text-delta') written += event.text
  return written
}

const questions = ['Write a function that reverses a string.', 'Name a fruit.', 'What is a list?', 'Say yes.']
await load('off')
const alone: string[] = []
for (const question of questions) alone.push(await write(question))
const together = await Promise.all(questions.map(question => write(question)))
const seeded = await write('Tell me a story.', { temperature: 1.2, seed: 7, sampling: { topK: 40, topP: 0.95, repeatPenalty: 1.2 } })
const schema = await write('Name a fruit.', { format: { type: 'json-schema', schema: { type: 'object', properties: { fruit: { type: 'string', enum: ['apple', 'pear'] } }, required: ['fruit'] } }, ignoreEndOfText: false })
const filled = (await client.complete({ prefix: 'function add(a, b) {\n  ret', suffix: '\n}\n', scope: 'line', maxTokens: 24 })).text
await load('lookup')
const guessed = await write(`Write this again:\n${'const a = 1\nconst b = 2\n'.repeat(6)}`)
console.log(JSON.stringify({ alone, together, seeded, schema, filled, guessed }))
await client.unload()
process.exit(0)
