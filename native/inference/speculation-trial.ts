import { InsufficientMemoryError, type LlamaContext, type LlamaModel } from 'node-llama-cpp'
import type { MeasuredSpeculation } from './contract.ts'
import { Lane } from './lane.ts'
import { answerTokens, editPrompt, measureSpeculation } from './measure-speculation.ts'
import { DraftGuesser, lookup, mostGuesses } from './speculation.ts'
import { TokenLoop } from './token-loop.ts'

interface Parts {
  model: LlamaModel
  draft: LlamaModel | null
  /** A context of one sequence, made as those are that answers are written in. */
  createContext: (model: LlamaModel, size: { contextTokens: number; batchTokens: number }, signal: AbortSignal) => Promise<LlamaContext>
  /** Told what won; not where the trial was given up. */
  onEnd: (winner: MeasuredSpeculation['winner']) => void
}

/** Few enough that whoever asks meanwhile does not wait for a step of the trial. */
const batchTokens = 64
/** A model that is slower than this has better things to do with its rest. */
const longestMilliseconds = 60_000

/** The comparison of ways to guess ahead, in contexts of its own: the sequences keep what they hold of conversations. */
export class SpeculationTrial {
  readonly #parts: Parts
  #running: Promise<unknown> | null = null

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Null where memory is short or it takes too long. Throws the signal's reason. */
  async run(signal: AbortSignal): Promise<MeasuredSpeculation | null> {
    await this.#running?.catch(() => undefined)
    signal.throwIfAborted()
    const running = this.#measure(signal)
    this.#running = running
    return await running
  }

  /** Before the model is freed; whoever frees it has aborted the trial. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#running?.catch(() => undefined)
  }

  async #measure(asked: AbortSignal): Promise<MeasuredSpeculation | null> {
    const limit = AbortSignal.timeout(longestMilliseconds)
    const signal = AbortSignal.any([asked, limit])
    const { model, draft, onEnd } = this.#parts
    const prompt = editPrompt(model)
    const size = { contextTokens: prompt.length + answerTokens + mostGuesses + 2, batchTokens }
    await using stack = new AsyncDisposableStack()
    try {
      const draftLane = draft && (await this.#lane(draft, size, {}, stack, signal))
      const lane = await this.#lane(model, size, { lookup, ...(draftLane && { draft: new DraftGuesser(draftLane) }) }, stack, signal)
      const measured = await measureSpeculation(lane, prompt, draftLane ? ['draft', 'lookup'] : ['lookup'], signal)
      signal.throwIfAborted()
      onEnd(measured.winner)
      return measured
    } catch (error) {
      asked.throwIfAborted()
      if (limit.aborted || error instanceof InsufficientMemoryError) return null
      throw error
    }
  }

  async #lane(model: LlamaModel, size: { contextTokens: number; batchTokens: number }, guessers: ConstructorParameters<typeof Lane>[0]['guessers'] & object, stack: AsyncDisposableStack, signal: AbortSignal): Promise<Lane> {
    const context = stack.use(await this.#parts.createContext(model, size, signal))
    const loop = stack.use(new TokenLoop(context))
    return new Lane({ loop, sequence: context.getSequence(), isFill: false, repeatableStep: batchTokens, guessers })
  }
}
