import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getLlama, type Llama, type LlamaModel, type Token } from 'node-llama-cpp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeModel } from '../../tests/support/make-model.ts'
import { findHarmonyTemplate } from '../../tests/support/vocabularies.ts'
import { writeAnswer } from '../../tests/support/write-answer.ts'
import type { ModelDescription } from '#shared/gguf/describe-model.ts'
import { chatTemplateOf, type ChatTemplate } from './chat-template.ts'
import type { ChatTurn, GenerateRequest } from './contract.ts'
import { EmulatedFillPrompts } from './emulated-fill.ts'
import { harmony } from './harmony-text.ts'

const found = await findHarmonyTemplate()
const asked: ChatTurn[] = [{ role: 'user', text: 'What is two and two?' }]
const look = { name: 'look', description: 'Looks', parameters: { type: 'object', properties: { place: { type: 'string' } }, required: ['place'] } }

/** The tokenizer and the template are real; what the model would write is told, since a model that writes so is larger than a test can hold. */
describe.skipIf('missing' in found)(`answers in messages, as gpt-oss writes them${'missing' in found ? ` (skipped: ${found.missing})` : ''}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'cortex-harmony-'))
  let llama: Llama
  let model: LlamaModel
  let source = ''
  let template: ChatTemplate
  beforeAll(async () => {
    if ('missing' in found) return
    source = readFileSync(found.path, 'utf8')
    const path = join(folder, 'harmony.gguf')
    await makeModel({ path, contextLength: 4096, specialPieces: Object.values(harmony), metadata: { 'tokenizer.chat_template': { text: source } } })
    llama = await getLlama({ gpu: false, build: 'never' })
    model = await llama.loadModel({ modelPath: path })
    template = templateOf(null)
  })
  afterAll(async () => {
    await llama.dispose()
    rmSync(folder, { recursive: true, force: true })
  })

  function templateOf(chatTemplate: string | null): ChatTemplate {
    const description = { chatTemplate: source, hasChatMl: false } as ModelDescription
    return chatTemplateOf(model, description, { modelId: 'made', chatTemplate })!
  }

  const write = (runs: readonly string[], request: Partial<GenerateRequest> = {}, of = template) => writeAnswer(model, of, runs, { turns: asked, ...request })

  const thought = '<|channel|>analysis<|message|>Two and two.<|end|><|start|>assistant'

  it('has marks that are tokens, of which the end of a message ends no answer', () => {
    const [end, ...more] = model.tokenize(harmony.end, true) as [Token, ...Token[]]
    expect(more).toEqual([])
    expect(model.isEogToken(end)).toBe(false)
    expect(model.isEogToken(model.tokenize(harmony.return, true)[0])).toBe(true)
    expect(template.isHarmony).toBe(true)
  })

  it('says the answer without the marks of its messages', async () => {
    const said = await write([`${thought}<|channel|>final<|message|>It is 4.<|return|>`])
    expect(said).toMatchObject({ text: 'It is 4.', reasoning: 'Two and two.', stopReason: 'end-of-text', calls: [] })
    expect(said.prompts[0]).toMatch(/<\|start\|>assistant$/)
  })

  it('takes a call with what the tool wants', async () => {
    const said = await write([`${thought}<|channel|>commentary to=functions.look <|constrain|>json<|message|>{}<|call|>`, '{"place":"here"}<|return|>'], { tools: [look] })
    expect(said).toMatchObject({ text: '', reasoning: 'Two and two.', calls: [{ name: 'look', parameters: '{"place":"here"}' }], stopReason: 'tool-calls' })
    expect(said.prompts[1]!.endsWith(`${thought}<|channel|>commentary to=functions.look <|constrain|>json<|message|>`)).toBe(true)
  })

  it('lets the model choose among several tools, and calls at once where it must', async () => {
    const said = await write(['look<|return|>', '{"place":"here"}<|return|>'], { tools: [look, { ...look, name: 'listen' }], toolChoice: 'required' })
    expect(said).toMatchObject({ calls: [{ name: 'look', parameters: '{"place":"here"}' }], stopReason: 'tool-calls' })
    expect(said.prompts[0]).toMatch(/<\|start\|>assistant<\|channel\|>commentary to=functions\.$/)
  })

  it('holds the answer alone to a format, not its reasoning or heads', async () => {
    const said = await write([`${thought}<|channel|>final <|constrain|>json<|message|>{"sum":4}<|return|>`], { format: { type: 'json' } })
    expect(said).toMatchObject({ text: '{"sum":4}', reasoning: 'Two and two.' })
    expect(said.constrained).toBe('{"sum":4}<|return|>')
  })

  it('goes on with an answer that the request began', async () => {
    const said = await write([' is 4.<|return|>'], { turns: [...asked, { role: 'assistant', text: 'It' }] })
    expect(said).toMatchObject({ text: ' is 4.', reasoning: '' })
    expect(said.prompts[0]).toMatch(/<\|channel\|>final<\|message\|>It$/)
  })

  it('shows what was called and found, and completes code without reasoning first', () => {
    const call = { id: 'a', name: 'look', parameters: '{"place":"here"}' }
    const { tokens } = template.render([...asked, { role: 'assistant', text: '', toolCalls: [call] }, { role: 'tool', text: 'nothing', toolCallId: 'a' }], [look])
    expect(model.detokenize(tokens, true)).toContain('to=functions.look<|constrain|>json<|message|>{"place": "here"}<|call|><|start|>functions.look to=assistant<|channel|>commentary<|message|>"nothing"<|end|><|start|>assistant')
    expect(model.detokenize(new EmulatedFillPrompts(model, template, 2000).build('const a = ', ''), true)).toContain('<|start|>assistant<|channel|>final<|message|>```\nconst a = ')
  })

  it('reads such answers also where the template was given beside the file', async () => {
    const given = templateOf(source)
    expect(given.isHarmony).toBe(true)
    expect(await write([`${thought}<|channel|>final<|message|>It is 4.<|return|>`], {}, given)).toMatchObject({ text: 'It is 4.', reasoning: 'Two and two.' })
  })
})
