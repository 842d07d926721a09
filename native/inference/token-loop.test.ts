import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { getLlama, LlamaLogLevel, type Llama, type LlamaContext, type LlamaModel, type Token } from 'node-llama-cpp'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { starterPath } from '../../tests/support/starter.ts'
import { findTestModel } from '../../tests/support/test-models.ts'
import { addonContextOf } from './addon.ts'
import { Lane } from './lane.ts'
import { lookup } from './speculation.ts'
import { TokenLoop } from './token-loop.ts'
import type { TokenSampling } from './token-run.ts'

const smollm2 = await findTestModel('smollm2')
const reason = 'missing' in smollm2 ? ` (skipped: ${smollm2.missing})` : ''
const never = new AbortController().signal
const greedy = { temperature: 0 }
const streams = 4

const models = [
  { name: 'the starter', path: starterPath, skip: false },
  { name: `SmolLM2-135M${reason}`, path: 'missing' in smollm2 ? '' : smollm2.path, skip: 'missing' in smollm2 },
]

describe.each(models)('$name in our own loop', ({ path, skip }) => {
  describe.skipIf(skip)('answers', () => {
    let llama: Llama
    let model: LlamaModel
    let context: LlamaContext
    let loop: TokenLoop
    let lanes: Lane[]
    beforeAll(async () => {
      llama = await getLlama({ gpu: false, build: 'never', skipDownload: true, logLevel: LlamaLogLevel.error, maxThreads: 0 })
      model = await llama.loadModel({ modelPath: path })
      context = await model.createContext({ contextSize: 512, batchSize: 128, threads: 1, sequences: streams + 1 })
      loop = new TokenLoop(context)
      lanes = Array.from({ length: streams }, (_, index) => new Lane({ loop, sequence: context.getSequence(), isFill: index === streams - 1, repeatableStep: 64, guessers: { lookup } }))
    }, 60_000)
    afterAll(async () => {
      await loop[Symbol.asyncDispose]()
      await llama.dispose()
    })

    const prompt = (text: string): Token[] => model.tokenize(`<|im_start|>user\n${text}<|im_end|>\n<|im_start|>assistant\n`, true)
    const question = 'Write a TypeScript function that reverses a string.'

    async function write(lane: Lane, tokens: readonly Token[], count: number, sampling: TokenSampling = greedy, signal = never, onToken: (token: Token) => void = () => undefined): Promise<Token[]> {
      const written: Token[] = []
      await lane.run({ prompt: tokens, sampling, onToken: token => (onToken(token), written.push(token) < count) }, signal)
      return written
    }

    async function writeWithLibrary(tokens: readonly Token[], count: number, sampling: TokenSampling, onToken: (token: Token) => void = () => undefined): Promise<Token[]> {
      const sequence = context.getSequence()
      const written: Token[] = []
      for await (const token of sequence.evaluate([...tokens], { ...sampling, yieldEogToken: true })) {
        onToken(token)
        if (written.push(token) >= count) break
      }
      await sequence.dispose()
      return written
    }

    it('as the library does, greedily and by a seed, with penalties and with a grammar', async () => {
      const tokens = prompt(question)
      const grammar = await llama.createGrammar({ grammar: 'root ::= [a-z ]+' })
      const { LlamaGrammarEvaluationState } = await import('node-llama-cpp')
      const samplings: (() => TokenSampling)[] = [() => greedy, () => ({ temperature: 0.8, seed: 5, topK: 40, topP: 0.9 }), () => ({ temperature: 0, grammarEvaluationState: new LlamaGrammarEvaluationState({ model, grammar }) })]
      for (const sampling of samplings) {
        await lanes[0]!.clear()
        const ours = await write(lanes[0]!, tokens, 24, sampling())
        expect(ours).toEqual(await writeWithLibrary(tokens, 24, sampling()))
      }
      // Each token is punished for what was written before it.
      const punished = async (writer: (sampling: TokenSampling, onToken: (token: Token) => void) => Promise<Token[]>): Promise<Token[]> => {
        const all = [...tokens]
        return await writer({ ...greedy, repeatPenalty: { penalty: 1.8, frequencyPenalty: 0.8, presencePenalty: 0.4, maxPunishTokens: 64, punishTokens: () => all.slice(-64) } }, token => void all.push(token))
      }
      await lanes[0]!.clear()
      const ours = await punished(async (sampling, onToken) => await write(lanes[0]!, tokens, 24, sampling, never, onToken))
      expect(ours).toEqual(await punished(async (sampling, onToken) => await writeWithLibrary(tokens, 24, sampling, onToken)))
      expect(ours).not.toEqual(await writeWithLibrary(tokens, 24, greedy))
    }, 60_000)

    it('four at once as each alone', async () => {
      const prompts = Array.from({ length: streams }, (_, index) => prompt(`Write function number ${index + 1} of a library for text.`))
      const alone: Token[][] = []
      for (const [index, lane] of lanes.entries()) {
        await lane.clear()
        alone.push(await write(lane, prompts[index]!, 20))
      }
      for (const lane of lanes) await lane.clear()
      const together = await Promise.all(lanes.map((lane, index) => write(lane, prompts[index]!, 20)))
      expect(together).toEqual(alone)
    }, 60_000)

    it('with guesses as without, where it repeats and where it does not', async () => {
      const lane = lanes[0]!
      for (const text of ['red green blue yellow black white orange purple\n'.repeat(4), question]) {
        const tokens = prompt(text)
        // Once before: how a prompt was cut into batches decides between tokens that are nearly as likely.
        await write(lane, tokens, 1)
        const plain = await write(lane, tokens, 40)
        const before = lane.drafted
        lane.choose('lookup')
        expect(await write(lane, tokens, 40)).toEqual(plain)
        lane.choose(null)
        expect(lane.drafted.accepted - before.accepted).toBeLessThanOrEqual(lane.drafted.tokens - before.tokens)
        // What is left in memory is what was written: it goes on from there as if nothing had been guessed.
        expect(lane.sharedWith([...tokens, ...plain])).toBeGreaterThanOrEqual(tokens.length + 39)
        const more = [...tokens, ...plain]
        const continued = await write(lane, more, 8)
        await lane.clear()
        expect(await write(lane, more, 8)).toEqual(continued)
      }
    }, 60_000)

    it('no more when cancelled, and leaves the others alone', async () => {
      const abort = new AbortController()
      const [first, second] = [lanes[0]!, lanes[1]!]
      const expected = await write(second, prompt('Name a fruit.'), 12)
      let written = 0
      let cancelledAt = 0
      let after = 0
      const cancelled = first.run({ prompt: prompt(question), sampling: greedy, onToken: () => {
        if (cancelledAt > 0) after++
        if (++written === 6) {
          cancelledAt = performance.now()
          abort.abort(new Error('enough'))
        }
        return true
      } }, abort.signal)
      const other = write(second, prompt('Name a fruit.'), 12)
      await expect(cancelled).rejects.toThrow('enough')
      expect(after).toBe(0)
      expect(await other).toEqual(expected)
      const long = Array.from({ length: 30 }, (_, index) => `Line ${index} of a text that is read.`).join('\n')
      const reading = new AbortController()
      const given = write(first, prompt(long), 4, greedy, reading.signal)
      setTimeout(() => reading.abort(new Error('left')), 1)
      await expect(given).rejects.toThrow('left')
      expect(await write(first, prompt('Name a fruit.'), 12)).toEqual(expected)
    }, 60_000)

    it('tells of a decode that llama.cpp could not do, and goes on', async () => {
      const failing = vi.spyOn(addonContextOf(context), 'decodeBatch')
      failing.mockRejectedValueOnce(new Error('Eval has failed'))
      await expect(write(lanes[0]!, prompt('Say a.'), 4)).rejects.toMatchObject({ code: 'MODEL_COMPUTE_FAILED', data: { reason: 'Eval has failed' } })
      failing.mockRejectedValueOnce(new Error('could not find a KV slot for the batch'))
      await expect(write(lanes[0]!, prompt('Say a.'), 4)).rejects.toThrow('KV slot')
      failing.mockRestore()
      expect(await write(lanes[0]!, prompt('Say a.'), 4)).toHaveLength(4)
    })

    it('ends only the one whose taker fails, and refuses to go on where the context is full', async () => {
      const failing = lanes[0]!.run({ prompt: prompt('Say a.'), sampling: greedy, onToken: () => { throw new Error('broken') } }, never)
      const other = write(lanes[1]!, prompt('Say b.'), 6)
      await expect(failing).rejects.toThrow('broken')
      expect(await other).toHaveLength(6)
      await expect(lanes[0]!.run({ prompt: prompt('Say a.'), sampling: greedy, onToken: () => true }, never)).rejects.toThrow('full')
      expect(await write(lanes[0]!, prompt('Say b.'), 6)).toEqual(await other)
    }, 120_000)
  })
})

it('says at once where node-llama-cpp does not let itself be driven', () => {
  expect(() => new TokenLoop({ batchSize: 8, _ctx: { initBatch: () => undefined } } as unknown as LlamaContext)).toThrow('cannot be driven')
})

it('writes the same where what it queues waits in the pool, as in the worker, as where it waits itself', async () => {
  const script = join(import.meta.dirname, '../../tests/support/answers-script.ts')
  const written = async (threads: string): Promise<{ alone: string[]; together: string[]; schema: string }> => {
    const { stdout } = await promisify(execFile)(process.execPath, [script, starterPath], { env: { ...process.env, UV_THREADPOOL_SIZE: threads } })
    return JSON.parse(stdout) as { alone: string[]; together: string[]; schema: string }
  }
  const [inOrder, waited] = [await written('1'), await written('4')]
  expect(inOrder).toEqual(waited)
  expect(inOrder.together).toEqual(inOrder.alone)
  expect(JSON.parse(inOrder.schema)).toMatchObject({ fruit: expect.stringMatching(/apple|pear/) })
}, 60_000)
