import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Client } from '#shared/contract/index.ts'
import { connect } from '../support/socket-client.ts'
import { startTestApp, type TestApp } from '../support/test-host.ts'

// What a person sees first: the bundled model, through the prompt that the host puts together.
let test: TestApp
let client: Client
let close: () => void
let folder: string
beforeAll(async () => {
  test = await startTestApp({ 'model.loadAtStart': false, 'model.threads': 1 })
  ;({ client, close } = await connect(test.http))
  folder = test.makeFolder('workspace')
  mkdirSync(join(folder, 'src'))
  writeFileSync(join(folder, file.path), file.text)
})
afterAll(async () => {
  close?.()
  await test?.dispose()
})

const question = 'Write a TypeScript function that reverses a string.'
const file = { kind: 'file' as const, path: 'src/strings.ts', startLine: 1, totalLines: 5, cursorLine: 2, text: 'export function upper(text: string): string {\n  return text.toUpperCase()\n}\n\nexport const limit = 3\n' }

describe('the starter model', () => {
  it.each([
    ['alone', []],
    ['beside an open file', [file]],
  ])('answers a question %s with a TypeScript function', async (_, attachments) => {
    let text = ''
    for await (const event of await client.chat.ask({ prompt: question, attachments, folder, temperature: 0, seed: 1 })) {
      if (event.type === 'ask-start') expect(event.budget.attachments.every(use => use.isIncluded)).toBe(true)
      if (event.type === 'text-delta') text += event.text
    }
    expect(text).toMatch(/```ts\n[\s\S]*function reverse\w*\(\w+: string\): string \{[\s\S]*reverse\(\)[\s\S]*\n```/)
  })
})
