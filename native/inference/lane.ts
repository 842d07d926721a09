import type { LlamaContextSequence, SequenceEvaluateOptions, Token } from 'node-llama-cpp'
import { lanePriority, type BatchTurns, type LaneName } from './batch-turns.ts'
import { ChunkSize } from './chunk-size.ts'
import { Mutex } from './mutex.ts'

export interface LaneRun {
  prompt: readonly Token[]
  sampling: Pick<SequenceEvaluateOptions, 'temperature' | 'seed' | 'grammarEvaluationState'>
  /** Called with each new token; false ends the run. */
  onToken(token: Token): boolean
  onStart?(reusedTokens: number): void
}

/** One sequence of the context and what it still holds: a prompt that begins as the last one did is only read from where it differs. */
export class Lane {
  readonly #name: LaneName
  readonly #sequence: LlamaContextSequence
  readonly #turns: BatchTurns
  readonly #chunk: ChunkSize
  readonly #mutex = new Mutex()

  constructor(name: LaneName, sequence: LlamaContextSequence, turns: BatchTurns, batchSize: number) {
    this.#name = name
    this.#sequence = sequence
    this.#turns = turns
    this.#chunk = new ChunkSize(batchSize)
  }

  /** Runs after whatever runs on this lane now. Throws the signal's reason; the sequence is free again as soon as the step under way ends. */
  async run(task: LaneRun, signal: AbortSignal): Promise<void> {
    const release = await this.#mutex.acquire(signal)
    try {
      await this.#sequence.adaptStateToTokens(task.prompt.slice(0, -1), false)
      const reused = this.#sequence.nextTokenIndex
      task.onStart?.(reused)
      this.#turns.enter(this.#name)
      const rest = await this.#prefill(task.prompt.slice(reused), signal)
      await this.#decode(rest, task, signal)
    } finally {
      this.#turns.leave(this.#name)
      release()
    }
  }

  /** Reads a prompt in chunks, so that a cancel or a completion never waits for all of it; gives back the last chunk. */
  async #prefill(tokens: readonly Token[], signal: AbortSignal): Promise<readonly Token[]> {
    let rest = tokens
    while (rest.length > this.#chunk.tokens) {
      if (this.#name === 'chat') await this.#letCompletionsPass()
      signal.throwIfAborted()
      const chunk = rest.slice(0, this.#chunk.tokens)
      const start = performance.now()
      this.#turns.ask(this.#name)
      await this.#sequence.evaluateWithoutGeneratingNewTokens([...chunk], { evaluationPriority: lanePriority[this.#name] })
      this.#turns.rest(this.#name)
      this.#chunk.took(performance.now() - start)
      rest = rest.slice(chunk.length)
    }
    signal.throwIfAborted()
    return rest
  }

  async #letCompletionsPass(): Promise<void> {
    this.#turns.leave(this.#name)
    await this.#turns.quiet(1000)
    this.#turns.enter(this.#name)
  }

  async #decode(tokens: readonly Token[], task: LaneRun, signal: AbortSignal): Promise<void> {
    const iterator = this.#sequence.evaluateWithMetadata([...tokens], {}, { ...task.sampling, evaluationPriority: lanePriority[this.#name], yieldEogToken: true })
    try {
      for (;;) {
        this.#turns.ask(this.#name)
        const { value, done } = await iterator.next()
        this.#turns.rest(this.#name)
        signal.throwIfAborted()
        if (done || !task.onToken(value.token)) return
      }
    } finally {
      await iterator.return()
    }
  }
}
