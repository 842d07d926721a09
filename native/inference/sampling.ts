import { randomInt } from 'node:crypto'
import { TokenBias, type LlamaModel, type SequenceEvaluateOptions, type Token } from 'node-llama-cpp'
import type { GenerateRequest } from './contract.ts'
import type { LaneTask } from './lane.ts'

const defaultRepeatTokens = 64
/** What a request calls "never". */
const forbidden = -100

/** To the library an absent number means 40 and 0.95; only null, which its types do not know, leaves the step out. */
const off = null as unknown as number

/** How llama.cpp chooses tokens for a request. `context`: all tokens so far, for the penalties. */
export function samplingOf(model: LlamaModel, request: GenerateRequest, context: () => readonly Token[]): LaneTask['sampling'] {
  const { temperature, seed, sampling = {} } = request
  const { topK, topP, minP } = sampling
  const tokenBias = biasOf(model, sampling.logitBias ?? {})
  const repeatPenalty = penaltyOf(sampling, context)
  return {
    temperature,
    // Without one, two answers of one second would be alike.
    seed: seed ?? randomInt(2 ** 31),
    topK: topK ? topK : off,
    topP: topP !== undefined && topP < 1 ? topP : off,
    minP: minP ?? 0,
    ...(repeatPenalty && { repeatPenalty }),
    ...(tokenBias && { tokenBias }),
  }
}

function penaltyOf(sampling: NonNullable<GenerateRequest['sampling']>, context: () => readonly Token[]): SequenceEvaluateOptions['repeatPenalty'] | null {
  const { repeatPenalty = 1, frequencyPenalty = 0, presencePenalty = 0, repeatLastTokens = defaultRepeatTokens } = sampling
  if ((repeatPenalty === 1 && frequencyPenalty === 0 && presencePenalty === 0) || repeatLastTokens === 0) return null
  return {
    penalty: repeatPenalty,
    frequencyPenalty,
    presencePenalty,
    maxPunishTokens: repeatLastTokens,
    punishTokens: () => context().slice(-repeatLastTokens),
  }
}

function biasOf(model: LlamaModel, biases: Record<string, number>): TokenBias | null {
  const entries = Object.entries(biases)
  if (entries.length === 0) return null
  const bias = new TokenBias(model.tokenizer)
  // The contract gives token numbers as text.
  for (const [token, logit] of entries) bias.set(Number(token) as Token, logit <= forbidden ? 'never' : { logit })
  return bias
}
