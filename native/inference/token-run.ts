import type { LlamaContextSequence, SequenceEvaluateOptions, Token } from 'node-llama-cpp'
import { createSampler, isPoolInOrder, stateOf, type AddonContext, type AddonSampler, type SequenceState } from './addon.ts'
import { GuessCount, type Guesser } from './speculation.ts'

/** A token, and the probabilities of all where they are told. */
type Sample = [token: Token, probabilities: ReadonlyMap<Token, number> | null]

export type TokenSampling = Omit<SequenceEvaluateOptions, 'evaluationPriority' | 'yieldEogToken' | 'contextShift'>

export interface RunTask {
  sequence: LlamaContextSequence
  /** What is to be read before the first token is written; at least one. */
  tokens: readonly Token[]
  sampling: TokenSampling
  /** A completion: others' prompts let it pass. */
  isFill: boolean
  /** Tokens of one step of reading, always the same; null: as many as are good for speed and for a prompt cancel. */
  step: number | null
  guesser: Guesser | null
  /** Takes another token than llama.cpp chose, knowing the probabilities of all, likeliest first. */
  choose?: ((chosen: Token, probabilities: ReadonlyMap<Token, number>) => Token) | undefined
  /** Called with each new token; false ends the run. */
  onToken(token: Token): boolean
  /** A part of the prompt was read, alone in its batch or beside others. */
  onRead?(tokens: number, isAlone: boolean): void
  onGuessed?(tokens: number, right: number): void
}

/** One answer on one sequence: what it wants of the next batch, and what it makes of the result. */
export class TokenRun {
  readonly task: RunTask
  readonly signal: AbortSignal
  readonly done: Promise<void>
  readonly #state: SequenceState
  readonly #sampler: AddonSampler
  readonly #count = new GuessCount()
  readonly #settle: { resolve: () => void; reject: (error: unknown) => void }
  /** Tokens that are not in cells yet: the rest of the prompt, later the token chosen last. */
  #pending: readonly Token[]
  #isReading = true
  #guesses: readonly Token[] = []
  /** Tokens of the batch under way. */
  #sent: readonly Token[] = []
  #places: Uint32Array = new Uint32Array()
  /** Undefined: the sampler knows of none so far. */
  #grammar: unknown
  #isConfigured = false
  /** When its prompt began to let completions pass. */
  #waitsSince: number | null = null
  /** Set where it is to end although nobody asked for it. */
  #givenUp: { error: unknown } | null = null
  isOver = false

  constructor(task: RunTask, signal: AbortSignal) {
    this.task = task
    this.signal = signal
    this.#state = stateOf(task.sequence)
    this.#sampler = createSampler(task.sequence.model)
    this.#pending = task.tokens
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.done = promise
    this.#settle = { resolve, reject }
  }

  get isReading(): boolean {
    return this.#isReading
  }

  /** A prompt lets others pass, but not for ever: true once in so many milliseconds. */
  hasWaited(milliseconds: number): boolean {
    const now = performance.now()
    this.#waitsSince ??= now
    if (now - this.#waitsSince < milliseconds) return false
    this.#waitsSince = null
    return true
  }

  /** With a grammar, and where probabilities are told, it does not: a wrong guess could not be taken back there. */
  get canGuess(): boolean {
    return this.task.guesser !== null && !this.task.choose && !this.#isReading && !grammarOf(this.task.sampling)
  }

  /** Guesses at most `most` tokens for the next batch. */
  async guess(most: number): Promise<void> {
    const { guesser, sequence } = this.task
    const [last] = this.#pending
    const room = Math.min(most, this.#count.next(), sequence.contextSize - 2 - this.#state._nextTokenIndex)
    if (!guesser || last === undefined || room < 1) return
    try {
      this.#guesses = await guesser.guess(this.#state._contextTokens, last, room, this.signal)
    } catch {
      // Guesses only save time.
    }
  }

  /** Puts its tokens into the batch: the one chosen last with the guesses behind it, or at most `room` of its prompt. Gives back how many. */
  plan(room: number): number {
    this.#sent = this.#isReading ? this.#pending.slice(0, room) : [...this.#pending, ...this.#guesses]
    this.#guesses = []
    return this.#sent.length
  }

  get #isWriting(): boolean {
    return this.#sent.length >= this.#pending.length
  }

  send(addon: AddonContext): void {
    const first = this.#pending.length - 1
    const wanted = this.#isWriting ? Uint32Array.from({ length: this.#sent.length - first }, (_, index) => first + index) : new Uint32Array()
    this.#places = addon.addToBatch(this.#state._sequenceId, this.#state._nextTokenIndex, Uint32Array.from(this.#sent), wanted)
    if (this.#isWriting) this.#configure()
  }

  /** Asks for a token behind each place of the batch that has a result. A sampler takes one question at a time. */
  async sample(addon: AddonContext): Promise<Sample[]> {
    if (isPoolInOrder) return Promise.all(Array.from(this.#places, place => this.#sampleAt(addon, place)))
    const samples: Sample[] = []
    for (const place of this.#places) samples.push(await this.#sampleAt(addon, place))
    return samples
  }

  async #sampleAt(addon: AddonContext, place: number): Promise<Sample> {
    if (this.task.choose) return chosenAmong(await addon.sampleToken(place, this.#sampler, true))
    // A token is a number that only the library's type tells from others.
    return [(await addon.sampleToken(place, this.#sampler)) as Token, null]
  }

  /** The batch was decoded. Removes the cells of wrong guesses, hands over what was chosen, and ends where that is the end. */
  take(addon: AddonContext, sampled: PromiseSettledResult<Sample[]>, isAlone: boolean): void {
    const { sequence, onRead, onGuessed } = this.task
    const samples = sampled.status === 'fulfilled' ? sampled.value : []
    const guessed = this.#isReading ? 0 : this.#sent.length - 1
    let right = 0
    while (right < guessed && samples[right]?.[0] === this.#sent[right + 1]) right++
    const kept = this.#sent.length - (guessed - right)
    const state = this.#state
    for (let index = 0; index < kept; index++) state._contextTokens.push(this.#sent[index] as Token)
    state._nextTokenIndex += kept
    if (right < guessed) {
      addon.removeTokenCellsFromSequence(state._sequenceId, state._nextTokenIndex, state._nextTokenIndex + guessed - right)
      // It took part of what was thrown away for written.
      this.#isConfigured = false
    }
    if (guessed > 0) {
      this.#count.took(guessed, right)
      onGuessed?.(guessed, right)
    }
    if (this.#isReading && !this.#isWriting) onRead?.(kept, isAlone)
    if (this.signal.aborted) return this.end(this.signal.reason)
    if (this.#givenUp) return this.end(this.#givenUp.error)
    if (sampled.status === 'rejected') return this.end(sampled.reason)
    if (samples.length === 0) {
      this.#pending = this.#pending.slice(kept)
      return
    }
    this.#isReading = false
    try {
      if (!samples.slice(0, right + 1).every(sample => this.#hand(sample))) return this.end()
      if (state._nextTokenIndex >= sequence.contextSize - 1) this.end(new Error('The context is full.'))
    } catch (error) {
      this.end(error)
    }
  }

  #hand([token, probabilities]: Sample): boolean {
    if (token === -1) throw new Error('There was no token to choose from.')
    const taken = this.task.choose && probabilities ? this.task.choose(token, probabilities) : token
    this.#pending = [taken]
    return this.task.onToken(taken)
  }

  /** Ends it as soon as no sample is under way. */
  giveUp(error: unknown): void {
    this.#givenUp = { error }
  }

  /** To be called only while no sample is under way. */
  end(error?: unknown): void {
    if (this.isOver) return
    this.isOver = true
    this.#sampler.dispose()
    if (error === undefined) this.#settle.resolve()
    else this.#settle.reject(error)
  }

  /** Models with a running state can only go back to where it was kept: before the last of a long prompt, and now and then. */
  async keepCheckpoint(): Promise<void> {
    const { sequence, tokens } = this.task
    if (!sequence.needsCheckpoints) return
    const isLastOfPrompt = this.#isReading && this.#isWriting && this.#pending.length < tokens.length
    await (isLastOfPrompt ? sequence.takeCheckpoint() : this.#state._takeIntervalCheckpointIfNeeded())
  }

  /** The sampler keeps what it was told, and goes on by itself from token to token. */
  #configure(): void {
    const grammar = grammarOf(this.task.sampling)
    if (this.#isConfigured && !this.task.choose && grammar === this.#grammar) return
    this.#sampler.applyConfig(this.#state._resolveSamplerConfig(this.task.sampling))
    this.#grammar = grammar
    this.#isConfigured = true
  }
}

function grammarOf({ grammarEvaluationState: grammar }: TokenSampling): unknown {
  return typeof grammar === 'function' ? grammar() : grammar
}

function chosenAmong([token, pairs]: readonly [number, readonly number[] | undefined]): [Token, ReadonlyMap<Token, number>] {
  const probabilities = new Map<Token, number>()
  for (let index = 1; pairs && index < pairs.length; index += 2) probabilities.set(pairs[index - 1] as Token, pairs[index] as number)
  return [token as Token, probabilities]
}
