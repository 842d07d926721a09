import type { LlamaContext } from 'node-llama-cpp'
import { AppError } from '#shared/errors.ts'
import { addonContextOf, isPoolInOrder, type AddonContext } from './addon.ts'
import { ChunkSize } from './chunk-size.ts'
import { mostGuesses } from './speculation.ts'
import { TokenRun, type RunTask } from './token-run.ts'

/** How long a prompt lets completions pass before it reads on. */
const mostHeldMilliseconds = 1000

interface Plan {
  runs: readonly TokenRun[]
  tokens: number
  /** How many of them are of prompts. */
  read: number
}

/**
 * Decodes batch after batch, each with every answer that is being written and a part of every prompt that is being read. It drives llama.cpp's context
 * directly: the library spends two thirds of its JavaScript on each token anew on what is decided once here, and lets parallel answers fall out of step.
 */
export class TokenLoop {
  readonly #addon: AddonContext
  readonly #batchSize: number
  readonly #chunk: ChunkSize
  readonly #runs = new Set<TokenRun>()
  readonly #errands: (() => Promise<void>)[] = []
  #inStep: readonly TokenRun[] = []
  #working: Promise<void> | null = null

  /** Throws where node-llama-cpp does not let itself be driven so. */
  constructor(context: LlamaContext) {
    this.#addon = addonContextOf(context)
    this.#batchSize = context.batchSize
    this.#chunk = new ChunkSize(context.batchSize)
  }

  /** Reads and writes until the task ends it. Throws the signal's reason; the sequence is free again as soon as the step under way ends. */
  async run(task: RunTask, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    const run = new TokenRun(task, signal)
    const abort = (): void => {
      // Else the end of the step ends it.
      if (!this.#inStep.includes(run)) this.#end(run, signal.reason)
    }
    signal.addEventListener('abort', abort, { once: true })
    this.#runs.add(run)
    this.#work()
    try {
      await run.done
    } finally {
      signal.removeEventListener('abort', abort)
    }
  }

  /** Does something with the context's cells while nothing is decoded. */
  between<T>(work: () => Promise<T> | T): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    this.#errands.push(async () => {
      try {
        resolve(await work())
      } catch (error) {
        reject(error)
      }
    })
    this.#work()
    return promise
  }

  /** Before the context is freed: whoever runs is given up, and llama.cpp has nothing more to do when this resolves. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const run of this.#runs) run.giveUp(new Error('The model is unloaded.'))
    await this.#working
  }

  #work(): void {
    this.#working ??= this.#workOn()
  }

  async #workOn(): Promise<void> {
    for (;;) {
      const errand = this.#errands.shift()
      if (errand) await errand()
      else if (this.#runs.size > 0) await this.#step()
      else break
    }
    // At once: whoever comes next starts it again.
    this.#working = null
  }

  #end(run: TokenRun, error: unknown): void {
    run.end(error)
    this.#runs.delete(run)
  }

  async #step(): Promise<void> {
    this.#inStep = [...this.#runs].filter(run => !run.isReading)
    try {
      await this.#guess(this.#inStep)
      const plan = this.#plan()
      this.#inStep = plan.runs
      for (const run of plan.runs) await run.keepCheckpoint()
      await this.#decode(plan)
    } catch (error) {
      for (const run of this.#inStep) this.#end(run, run.signal.aborted ? run.signal.reason : error)
    } finally {
      this.#inStep = []
      for (const run of this.#runs) if (run.isOver) this.#runs.delete(run)
    }
  }

  async #guess(writing: readonly TokenRun[]): Promise<void> {
    const guessing = writing.filter(run => run.canGuess)
    if (guessing.length === 0) return
    const most = Math.floor(Math.min(mostGuesses, this.#batchSize - this.#runs.size) / writing.length)
    await Promise.all(guessing.map(run => run.guess(most)))
  }

  /** Who takes part in the next batch: completions first, and every one with at least one token. */
  #plan(): Plan {
    const isFilling = [...this.#runs].some(run => run.task.isFill)
    const runs = [...this.#runs].filter(run => !run.isReading || !isFilling || run.task.isFill || run.hasWaited(mostHeldMilliseconds))
    const reading = runs.filter(run => run.isReading).toSorted((a, b) => Number(b.task.isFill) - Number(a.task.isFill))
    const written = runs.reduce((sum, run) => sum + (run.isReading ? 0 : run.plan(0)), 0)
    let left = this.#batchSize - written
    const share = Math.max(1, Math.floor(Math.min(left, this.#chunk.tokens) / Math.max(1, reading.length)))
    let read = 0
    for (const [index, run] of reading.entries()) {
      const others = reading.length - index - 1
      const count = run.plan(Math.min(left - others, run.task.step ?? share))
      left -= count
      read += count
    }
    return { runs, tokens: written + read, read }
  }

  async #decode({ runs, tokens, read }: Plan): Promise<void> {
    const addon = this.#addon
    addon.initBatch(tokens)
    for (const run of runs) run.send(addon)
    const began = performance.now()
    const decoding = addon.decodeBatch()
    try {
      // A prompt is where llama.cpp may run out of memory, and then there is nothing to sample.
      if (read > 0 || !isPoolInOrder) await decoding.catch((error: unknown) => { throw computeFailure(error) })
      if (read >= this.#chunk.tokens) this.#chunk.took(performance.now() - began)
      const [decoded, ...sampled] = await Promise.allSettled([decoding, ...runs.map(run => run.sample(addon))])
      if (decoded.status === 'rejected') throw computeFailure(decoded.reason)
      for (const [index, run] of runs.entries()) run.take(addon, sampled[index] as PromiseSettledResult<Awaited<ReturnType<TokenRun['sample']>>>, runs.length === 1)
    } catch (error) {
      // Nobody knows what their cells hold now.
      for (const run of runs) await run.task.sequence.clearHistory()
      throw error
    }
  }
}

/** Of llama.cpp itself, as where a card is lost: its context cannot be trusted any more. Want of room in the cache is no such thing. */
function computeFailure(cause: unknown): unknown {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return /kv slot/i.test(reason) ? cause : new AppError('MODEL_COMPUTE_FAILED', { reason: reason.slice(0, 300) }, { cause })
}
