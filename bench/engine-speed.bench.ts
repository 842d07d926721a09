import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeModel, size1B } from '../tests/support/make-model.ts'
import { findTestModel } from '../tests/support/test-models.ts'
import { ensureLlamaPrograms } from '../tools/llama-programs.mjs'
import { figure, ratiosOfPairs, skipped, type Figure } from './figure.ts'
import { answer, startInference } from './inference-worker.ts'
import { LlamaServer } from './llama-server.ts'

const question = 'Write a TypeScript function that reverses a string.'
const contextTokens = 4096
const streams = 4
const turnsOf = (prompt: string): [{ role: 'user'; text: string }] => [{ role: 'user', text: prompt }]
/** The same as the worker makes of these turns. */
const chatMl = (prompt: string): string => `<|im_start|>user\n${prompt}<|im_end|>\n<|im_start|>assistant\n`

const names = {
  single: 'tokens/s over llama-server, one thread each, SmolLM2-135M',
  best: 'tokens/s over llama-server, each on its own best count of threads, SmolLM2-135M',
  large: 'tokens/s over llama-server, each on its own best count of threads, random model of 1 billion weights in 4 bits',
  streams: `tokens/s of ${streams} answers at once over llama-server with ${streams} slots, SmolLM2-135M`,
  warm: 'first token behind a warm prefix of 1,900 tokens over that of llama-server, SmolLM2-135M',
}

/** Answers of the worker, asked through its contract, over those of llama.cpp's own server on the same kernels, in turn. */
export async function run(): Promise<Figure[]> {
  const programs = await ensureLlamaPrograms()
  if ('missing' in programs) return Object.values(names).map(name => skipped(name, programs.missing))
  const { folder } = programs
  const smollm2 = await findTestModel('smollm2')
  if ('missing' in smollm2) return [...Object.values(names).filter(name => name !== names.large).map(name => skipped(name, smollm2.missing)), await large(folder)]
  const { path } = smollm2
  return [
    await speed({ folder, path, name: names.single, threads: 1, pairs: 9, tokens: 192, atLeast: 0.97 }),
    await speed({ folder, path, name: names.best, threads: null, pairs: 9, tokens: 192, atLeast: availableParallelism() > 1 ? 0.9 : 0.97 }),
    await manyStreams(folder, path),
    await warmPrefix(folder, path),
    await large(folder),
  ]
}

async function large(folder: string): Promise<Figure> {
  const work = mkdtempSync(join(tmpdir(), 'cortex-bench-'))
  try {
    const path = join(work, 'random-1b.gguf')
    await makeModel({ path, ...size1B, quantization: 'Q4_0' })
    return await speed({ folder, path, name: names.large, threads: null, pairs: 7, tokens: 40, atLeast: 0.98 })
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

interface SpeedOptions {
  folder: string
  path: string
  name: string
  /** Null: the best of each side. */
  threads: number | null
  pairs: number
  tokens: number
  atLeast: number
}

async function speed({ folder, path, name, threads, pairs, tokens, atLeast }: SpeedOptions): Promise<Figure> {
  await using stack = new AsyncDisposableStack()
  const worker = stack.adopt(startInference(), one => one.dispose())
  const loaded = await worker.load({ path, threads, contextTokens: 1024 })
  const theirs = threads ?? (await bestThreads(folder, path))
  const server = stack.adopt(await LlamaServer.start({ folder, path, threads: theirs, contextTokens: 1024 }), one => one.stop())
  const seen = { ours: 0, theirs: 0 }
  const product = async (): Promise<number> => {
    const { measuredPerSecond } = await answer(worker, { turns: turnsOf(question), maxTokens: tokens })
    seen.ours = Math.max(seen.ours, measuredPerSecond)
    return measuredPerSecond
  }
  const peer = async (): Promise<number> => {
    const { tokensPerSecond } = await server.answer(chatMl(question), tokens)
    seen.theirs = Math.max(seen.theirs, tokensPerSecond)
    return tokensPerSecond
  }
  // The first round of each compiles and reads the prompt.
  await ratiosOfPairs(1, product, peer)
  const ratios = await ratiosOfPairs(pairs, product, peer)
  const note = `${pairs} pairs of ${tokens} tokens; ${loaded.threads} and ${theirs} threads; fastest ${seen.ours.toFixed(0)} and ${seen.theirs.toFixed(0)} tokens/s`
  return figure(ratios, { name, unit: 'ratio', atLeast, note })
}

const bestOf = new Map<string, Promise<number>>()

/** The count of threads on which llama-server is fastest here; measured once for each model. */
async function bestThreads(folder: string, path: string): Promise<number> {
  const known = bestOf.get(path) ?? measureBest(folder, path)
  bestOf.set(path, known)
  return await known
}

async function measureBest(folder: string, path: string): Promise<number> {
  const cores = availableParallelism()
  const speeds = new Map<number, number>()
  for (const threads of new Set([1, Math.ceil(cores / 2), Math.max(1, cores - 1), cores])) {
    const server = await LlamaServer.start({ folder, path, threads, contextTokens: 1024 })
    try {
      await server.answer(chatMl(question), 8)
      for (let round = 0; round < 3; round++) speeds.set(threads, Math.max(speeds.get(threads) ?? 0, (await server.answer(chatMl(question), 32)).tokensPerSecond))
    } finally {
      server.stop()
    }
  }
  return [...speeds].reduce((best, one) => (one[1] > best[1] ? one : best))[0]
}

async function manyStreams(folder: string, path: string): Promise<Figure> {
  await using stack = new AsyncDisposableStack()
  const worker = stack.adopt(startInference(), one => one.dispose())
  const loaded = await worker.load({ path, sequences: streams, contextTokens: 1024 })
  if (loaded.sequences < streams) return skipped(names.streams, `the worker gave ${loaded.sequences} sequences, not ${streams}`)
  const threads = await bestThreads(folder, path)
  const server = stack.adopt(await LlamaServer.start({ folder, path, threads, contextTokens: 1024, slots: streams }), one => one.stop())
  const tokens = 128
  const prompts = Array.from({ length: streams }, (_, index) => `Write function number ${index + 1} of a library for text.`)
  const together = async (ask: (prompt: string) => Promise<unknown>): Promise<number> => {
    const began = performance.now()
    await Promise.all(prompts.map(ask))
    return (streams * tokens * 1000) / (performance.now() - began)
  }
  const seen = { ours: 0, theirs: 0 }
  const product = async (): Promise<number> => {
    const measured = await together(prompt => answer(worker, { turns: turnsOf(prompt), maxTokens: tokens }))
    seen.ours = Math.max(seen.ours, measured)
    return measured
  }
  const peer = async (): Promise<number> => {
    const measured = await together(prompt => server.answer(chatMl(prompt), tokens))
    seen.theirs = Math.max(seen.theirs, measured)
    return measured
  }
  await ratiosOfPairs(2, product, peer)
  const ratios = await ratiosOfPairs(9, product, peer)
  const note = `9 pairs of ${streams} answers of ${tokens} tokens; ${loaded.threads} and ${threads} threads; fastest ${seen.ours.toFixed(0)} and ${seen.theirs.toFixed(0)} tokens/s in all`
  return figure(ratios, { name: names.streams, unit: 'ratio', atLeast: 0.9, note })
}

async function warmPrefix(folder: string, path: string): Promise<Figure> {
  await using stack = new AsyncDisposableStack()
  const worker = stack.adopt(startInference(), one => one.dispose())
  const loaded = await worker.load({ path, contextTokens })
  const threads = await bestThreads(folder, path)
  const server = stack.adopt(await LlamaServer.start({ folder, path, threads, contextTokens }), one => one.stop())
  const prefix = Array.from({ length: 105 }, (_, line) => `export const value${line} = compute(${line}, ${line * 7}) // step`).join('\n')
  let [round, ours, theirs] = [0, '', '']
  const product = async (): Promise<number> => {
    const { firstTextMilliseconds, promptTokens, reusedTokens } = await answer(worker, { turns: turnsOf(`${prefix}\nQuestion ${round++}: what is the third line?`), maxTokens: 4 })
    ours = `${promptTokens} tokens, ${reusedTokens} of them known`
    return firstTextMilliseconds
  }
  const peer = async (): Promise<number> => {
    const { firstTextMilliseconds, promptTokens, reusedTokens } = await server.answer(chatMl(`${prefix}\nQuestion ${round++}: what is the third line?`), 4)
    theirs = `${promptTokens} tokens, ${reusedTokens} of them known`
    return firstTextMilliseconds
  }
  // Reads the prefix.
  await ratiosOfPairs(2, product, peer)
  const ratios = await ratiosOfPairs(15, product, peer)
  return figure(ratios, { name: names.warm, unit: 'ratio', atMost: 1.1, note: `15 pairs; ${loaded.threads} and ${threads} threads; ${ours}, and ${theirs}` })
}
