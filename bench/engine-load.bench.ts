import { findTestModel } from '../tests/support/test-models.ts'
import { figure, ratiosOfPairs, skipped, type Figure } from './figure.ts'
import { startInference } from './inference-worker.ts'
import { PeerProcess } from './peer-process.ts'

const names = {
  load: 'load time over bare node-llama-cpp, SmolLM2-135M',
  vectors: 'vectors/s over bare node-llama-cpp, all-MiniLM-L6-v2',
}

const texts = Array.from({ length: 48 }, (_, index) => `Function number ${index} reads a file of settings, checks each value and says in plain words what is wrong with ${'it '.repeat(index % 12)}and where.`)

/** Loading a model and making vectors through the worker's contract, over node-llama-cpp alone in a process of its own. */
export async function run(): Promise<Figure[]> {
  const [smollm2, minilm] = [await findTestModel('smollm2'), await findTestModel('minilm')]
  return [
    'path' in smollm2 ? await loadTime(smollm2.path) : skipped(names.load, smollm2.missing),
    'path' in minilm ? await vectors(minilm.path) : skipped(names.vectors, minilm.missing),
  ]
}

/** From the request to the answer, llama.cpp's own start included, in a process that runs already. */
async function loadTime(path: string): Promise<Figure> {
  const times: number[] = []
  const wanted = { path, threads: 1, contextTokens: 2048 }
  const product = async (): Promise<number> => {
    const worker = startInference()
    try {
      // Whatever the call says: the process is up when it has answered.
      await worker.client.unload()
      const began = performance.now()
      await worker.load(wanted)
      times.push(performance.now() - began)
      return performance.now() - began
    } finally {
      await worker.dispose()
    }
  }
  const peer = async (): Promise<number> => {
    const bare = await PeerProcess.start('bare-model.ts', wanted)
    try {
      return await bare.ask('load')
    } finally {
      bare.stop()
    }
  }
  // The first reads the file into memory.
  await ratiosOfPairs(1, product, peer)
  times.length = 0
  const ratios = await ratiosOfPairs(11, product, peer)
  return figure(ratios, { name: names.load, unit: 'ratio', atMost: 1.1, note: `11 pairs of fresh processes; fastest ${Math.min(...times).toFixed(0)} ms` })
}

async function vectors(path: string): Promise<Figure> {
  await using stack = new AsyncDisposableStack()
  const worker = stack.adopt(startInference(), one => one.dispose())
  const loaded = await worker.load({ path, threads: 1, use: 'embed' })
  const bare = stack.adopt(await PeerProcess.start('bare-model.ts', { path, threads: loaded.threads, contextTokens: loaded.contextTokens }), one => one.stop())
  let fastest = Infinity
  const product = async (): Promise<number> => {
    const began = performance.now()
    await worker.client.embed({ texts })
    const took = performance.now() - began
    fastest = Math.min(fastest, took)
    return texts.length / took
  }
  const peer = async (): Promise<number> => texts.length / (await bare.ask({ embed: texts }))
  await ratiosOfPairs(1, product, peer)
  const ratios = await ratiosOfPairs(9, product, peer)
  const note = `9 pairs of ${texts.length} texts, ${loaded.threads} thread on both sides; fastest ${((texts.length / fastest) * 1000).toFixed(0)} texts/s`
  return figure(ratios, { name: names.vectors, unit: 'ratio', atLeast: 0.95, note })
}
