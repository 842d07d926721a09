import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { createRouterClient } from '@orpc/server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { randomFrom } from '../../tests/support/mutate-header.ts'
import { starterPath } from '../../tests/support/starter.ts'
import { findTestModel } from '../../tests/support/test-models.ts'
import { LoadRequest, type ChatTurn } from './contract.ts'
import { fill } from './fill.ts'
import { inferenceRouter } from './inference-router.ts'
import { LlamaRuntime } from './llama-runtime.ts'
import { loadModel } from './load-model.ts'
import type { ModelInstance } from './model-instance.ts'

/** Source that the starter was not trained on. */
const heldOut = join(import.meta.dirname, '../../node_modules/@xterm/xterm/src')
const lineCount = 40

interface Cursor {
  prefix: string
  suffix: string
  rest: string
}

/** Lines of code with the cursor at 40 % of each. */
function cursors(): Cursor[] {
  const files = readdirSync(heldOut, { recursive: true }).map(String).filter(name => name.endsWith('.ts') && !name.endsWith('.d.ts')).sort()
  const random = randomFrom(4)
  const found: Cursor[] = []
  while (found.length < lineCount) {
    const lines = readFileSync(join(heldOut, files[Math.floor(random() * files.length)]!), 'utf8').split('\n')
    const index = Math.floor(random() * lines.length)
    const line = lines[index]!
    if (line.trim().length < 12 || /^\s*(\/\/|\*|\/\*)/.test(line)) continue
    const indent = line.length - line.trimStart().length
    const column = indent + Math.floor((line.length - indent) * 0.4)
    const prefix = [...lines.slice(0, index), line.slice(0, column)].join('\n').slice(-1100)
    found.push({ prefix, suffix: `\n${lines.slice(index + 1).join('\n')}`.slice(0, 420), rest: line.slice(column) })
  }
  return found
}

const firstWord = (text: string): string => /^\s*([\w$]+|[^\w\s]+)/.exec(text)?.[1] ?? ''

describe('token healing on the starter', () => {
  const runtime = new LlamaRuntime()
  let model: ModelInstance
  beforeAll(async () => {
    const loading = loadModel(runtime, LoadRequest.parse({ modelId: 'starter', path: starterPath, contextTokens: null, device: 'cpu', threads: 1 }), undefined)
    for (let step = await loading.next(); ; step = await loading.next()) if (step.done) return void (model = step.value)
  })
  afterAll(async () => {
    await model.dispose()
    await runtime.dispose()
  })

  it(`finds the next word of ${lineCount} held-out lines far more often than without`, async () => {
    let [healed, plain] = [0, 0]
    for (const { prefix, suffix, rest } of cursors()) {
      const request = { prefix, suffix, scope: 'line' as const, maxTokens: 12 }
      const withHealing = await fill(model, request, undefined)
      const without = await fill(model, request, undefined, kept => ({ kept, removed: '' }))
      if (firstWord(withHealing.text) === firstWord(rest)) healed++
      if (firstWord(without.text) === firstWord(rest)) plain++
    }
    console.log(`First word right: ${healed} of ${lineCount} with healing, ${plain} without`)
    expect(healed / lineCount).toBeGreaterThan(0.35)
    expect(healed).toBeGreaterThan(plain * 1.8)
  }, 90_000)
})

const smollm2 = await findTestModel('smollm2')
const reason = 'missing' in smollm2 ? ` (skipped: ${smollm2.missing})` : ''

describe.skipIf('missing' in smollm2)(`SmolLM2-135M${reason}`, () => {
  const client = createRouterClient(inferenceRouter())
  beforeAll(async () => {
    if ('missing' in smollm2) return
    for await (const event of await client.load({ modelId: 'smollm2', path: smollm2.path, contextTokens: 2048, device: 'cpu', threads: 1 })) void event
  })
  afterAll(() => client.unload())

  async function ask(turns: ChatTurn[]) {
    let text = ''
    for await (const event of await client.generate({ turns, maxTokens: 24, temperature: 0, seed: null, ignoreEndOfText: false }))
      if (event.type === 'text-delta') text += event.text
      else if (event.type === 'generate-end') return { text, end: event }
    throw new Error('The stream did not end with generate-end')
  }

  it('sets one turn mark at the beginning, and reads of a second turn only what is new', async () => {
    const turns: ChatTurn[] = [{ role: 'system', text: 'Answer briefly.' }, { role: 'user', text: `${'The sky is blue. '.repeat(60)}What colour is the sky?` }]
    const first = await ask(turns)
    expect(first.text.toLowerCase()).toContain('blue')
    const second = await ask([...turns, { role: 'assistant', text: first.text }, { role: 'user', text: 'And the grass?' }])
    expect(second.end.promptTokens - second.end.reusedTokens).toBeLessThanOrEqual(30)
    expect(second.end.firstTokenMilliseconds).toBeLessThan(first.end.firstTokenMilliseconds * 0.5)
  }, 120_000)
})
