import type { LlamaContext, LlamaContextSequence, LlamaModel, SequenceEvaluateOptions, Token } from 'node-llama-cpp'

/** Where the pool has one thread, as in the worker, what is queued behind a decode or a sample waits for it there, and this thread need not wake up between the two. */
export const isPoolInOrder = process.env['UV_THREADPOOL_SIZE'] === '1'

/** llama.cpp's context as node-llama-cpp keeps it for itself. */
export interface AddonContext {
  initBatch(size: number): void
  /** Gives back where in the batch the wanted results will be. */
  addToBatch(sequence: number, position: number, tokens: Uint32Array, wanted: Uint32Array): Uint32Array
  decodeBatch(): Promise<void>
  /** −1: there was nothing to choose from. */
  sampleToken(index: number, sampler: AddonSampler): Promise<number>
  /** Beside the token pairs of token and probability, likeliest first. */
  sampleToken(index: number, sampler: AddonSampler, probabilities: true): Promise<[token: number, probabilities: readonly number[] | undefined]>
  removeTokenCellsFromSequence(sequence: number, from: number, to: number): boolean
}

export interface AddonSampler {
  applyConfig(config: object): void
  dispose(): void
}

/** What a sequence of the library knows of its cells: it goes on from there, so whoever decodes beside it says here what was decoded. */
export interface SequenceState {
  readonly _sequenceId: number
  _contextTokens: Token[]
  _nextTokenIndex: number
  _resolveSamplerConfig(options: SequenceEvaluateOptions): object
  _takeIntervalCheckpointIfNeeded(): Promise<void> | undefined
}

/** The exact version of node-llama-cpp is pinned; another one that is built differently is refused here, and not in the middle of an answer. */
function has(target: unknown, methods: readonly string[]): boolean {
  return typeof target === 'object' && target !== null && methods.every(name => typeof Reflect.get(target, name) === 'function')
}

function missing(): never {
  throw new Error('This version of node-llama-cpp cannot be driven token by token.')
}

export function addonContextOf(context: LlamaContext): AddonContext {
  const addon: unknown = Reflect.get(context, '_ctx')
  if (!has(addon, ['initBatch', 'addToBatch', 'decodeBatch', 'sampleToken', 'removeTokenCellsFromSequence'])) missing()
  // Just looked at.
  return addon as AddonContext
}

export function stateOf(sequence: LlamaContextSequence): SequenceState {
  const isKnown = has(sequence, ['_resolveSamplerConfig', '_takeIntervalCheckpointIfNeeded']) && typeof Reflect.get(sequence, '_sequenceId') === 'number' && typeof Reflect.get(sequence, '_nextTokenIndex') === 'number' && Array.isArray(Reflect.get(sequence, '_contextTokens'))
  if (!isKnown) missing()
  // Just looked at.
  return sequence as unknown as SequenceState
}

type Bindings = { AddonSampler: new (model: unknown) => AddonSampler }

/** Whoever calls frees it. */
export function createSampler(model: LlamaModel): AddonSampler {
  const bindings = Reflect.get(model.llama, '_bindings') as Bindings | undefined
  if (typeof bindings?.AddonSampler !== 'function') missing()
  return new bindings.AddonSampler(Reflect.get(model, '_model'))
}
