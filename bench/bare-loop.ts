import { getLlama, LlamaLogLevel, type LlamaContextSequence } from 'node-llama-cpp'

export interface BareLoopOptions {
  path: string
  threads: number
  contextTokens: number
  /** With the model's own marks. */
  prompt: string
}

/** The peer: node-llama-cpp and nothing else, in a process of its own. For each number of tokens that comes it answers with tokens/s after the first. */
async function serve({ path, threads, contextTokens, prompt }: BareLoopOptions): Promise<void> {
  const llama = await getLlama({ gpu: false, build: 'never', skipDownload: true, logLevel: LlamaLogLevel.error, maxThreads: 0 })
  const model = await llama.loadModel({ modelPath: path })
  const context = await model.createContext({ contextSize: contextTokens, threads })
  const sequence = context.getSequence()
  const tokens = model.tokenize(prompt, true)
  process.on('message', count => void loop(sequence, tokens, Number(count)).then(speed => process.send?.(speed)))
  process.send?.('ready')
}

async function loop(sequence: LlamaContextSequence, prompt: ReturnType<LlamaContextSequence['model']['tokenize']>, count: number): Promise<number> {
  await sequence.clearHistory()
  let tokens = 0
  let first = 0
  for await (const token of sequence.evaluate(prompt, { temperature: 0, yieldEogToken: true })) {
    void token
    if (++tokens === 1) first = performance.now()
    if (tokens === count) break
  }
  return ((tokens - 1) / (performance.now() - first)) * 1000
}

const given = process.argv[2]
// Written by the bench that starts this file.
if (given !== undefined) await serve(JSON.parse(given) as BareLoopOptions)
