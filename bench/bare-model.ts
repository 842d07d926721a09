import { getLlama, LlamaLogLevel, type Llama } from 'node-llama-cpp'

export interface BareModelOptions {
  path: string
  threads: number
  contextTokens: number
}

/** A message is `load`, or texts of which vectors are wanted. The answer: the milliseconds that it took. */
export type BareModelMessage = 'load' | { embed: string[] }

/** The peer of loads and vectors: node-llama-cpp and nothing else, in a process of its own. */
function serve({ path, threads, contextTokens }: BareModelOptions): void {
  let embed: ((text: string) => Promise<unknown>) | null = null
  const load = async (): Promise<void> => {
    const model = await (await start()).loadModel({ modelPath: path })
    await model.createContext({ contextSize: contextTokens, threads })
  }
  const vectors = async (texts: readonly string[]): Promise<void> => {
    if (!embed) {
      const model = await (await start()).loadModel({ modelPath: path })
      const context = await model.createEmbeddingContext({ contextSize: contextTokens, threads })
      embed = text => context.getEmbeddingFor(text)
    }
    for (const text of texts) await embed(text)
  }
  process.on('message', (message: BareModelMessage) => {
    const began = performance.now()
    void (message === 'load' ? load() : vectors(message.embed)).then(() => process.send?.(performance.now() - began))
  })
  process.send?.('ready')
}

function start(): Promise<Llama> {
  return getLlama({ gpu: false, build: 'never', skipDownload: true, logLevel: LlamaLogLevel.error, maxThreads: 0 })
}

const given = process.argv[2]
// Written by the bench that starts this file.
if (given !== undefined) serve(JSON.parse(given) as BareModelOptions)
