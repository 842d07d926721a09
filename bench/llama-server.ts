import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'

const startMilliseconds = 120_000

export interface ServerOptions {
  /** Where `llama-server` lies. */
  folder: string
  path: string
  threads: number
  /** Of each slot. */
  contextTokens: number
  slots?: number
}

/** What the last line of an answer says. */
const Ended = z.object({ stop: z.literal(true), timings: z.object({ cache_n: z.number(), prompt_n: z.number(), predicted_n: z.number() }) })
const Chunk = z.object({ content: z.string() })

export interface ServerAnswer {
  text: string
  tokens: number
  promptTokens: number
  /** Of these the server still held. */
  reusedTokens: number
  firstTextMilliseconds: number
  /** Counts from the first text on. */
  tokensPerSecond: number
}

/** The peer: llama.cpp's own server, in a process of its own, on the kernels of node-llama-cpp. */
export class LlamaServer {
  readonly #child: ChildProcess
  readonly #address: string

  private constructor(child: ChildProcess, address: string) {
    this.#child = child
    this.#address = address
  }

  static async start({ folder, path, threads, contextTokens, slots = 1 }: ServerOptions): Promise<LlamaServer> {
    const port = await freePort()
    const given = { model: path, threads, 'threads-batch': threads, 'ctx-size': contextTokens * slots, parallel: slots, host: '127.0.0.1', port, 'n-gpu-layers': 0 }
    const child = spawn(join(folder, 'llama-server'), Object.entries(given).flatMap(([name, value]) => [`--${name}`, String(value)]), { stdio: ['ignore', 'ignore', 'pipe'] })
    const said: string[] = []
    child.stderr?.on('data', (chunk: Buffer) => void said.push(String(chunk)))
    const server = new LlamaServer(child, `http://127.0.0.1:${port}`)
    const limit = performance.now() + startMilliseconds
    while (!(await server.#isReady())) {
      if (child.exitCode !== null || performance.now() > limit) {
        server.stop()
        throw new Error(`llama-server did not start: ${said.join('').trim().split('\n').slice(-5).join('\n')}`)
      }
      await sleep(20)
    }
    // A pipe that nobody reads would stop it.
    said.length = 0
    child.stderr?.removeAllListeners('data').resume()
    return server
  }

  /** Always the likeliest token, to the last one asked for. */
  async answer(prompt: string, maxTokens: number): Promise<ServerAnswer> {
    const began = performance.now()
    const body = { prompt, n_predict: maxTokens, stream: true, cache_prompt: true, ignore_eos: true, samplers: ['top_k'], top_k: 1, temperature: 0 }
    const response = await fetch(`${this.#address}/completion`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
    if (!response.ok || !response.body) throw new Error(`llama-server answered ${response.status}: ${await response.text()}`)
    let text = ''
    let first = 0
    for await (const line of linesOf(response.body)) {
      if (!line.startsWith('data: ')) continue
      const event: unknown = JSON.parse(line.slice(6))
      const { content } = Chunk.parse(event)
      if (content !== '') first ||= performance.now()
      text += content
      const ended = Ended.safeParse(event)
      if (!ended.success) continue
      const { cache_n, prompt_n, predicted_n } = ended.data.timings
      return { text, tokens: predicted_n, promptTokens: cache_n + prompt_n, reusedTokens: cache_n, firstTextMilliseconds: first - began, tokensPerSecond: ((predicted_n - 1) / (performance.now() - first)) * 1000 }
    }
    throw new Error('llama-server ended its answer without its figures')
  }

  async #isReady(): Promise<boolean> {
    return await fetch(`${this.#address}/health`).then(
      async response => (await response.text()) !== '' && response.ok,
      () => false,
    )
  }

  stop(): void {
    this.#child.kill('SIGKILL')
  }
}

async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = ''
  const decoder = new TextDecoder()
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (typeof address !== 'object' || address === null) throw new Error('No port is free')
  return address.port
}
