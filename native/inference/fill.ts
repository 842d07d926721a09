import { LlamaGrammarEvaluationState, type Token } from 'node-llama-cpp'
import { leastTokensRead } from '#shared/reading-speed.ts'
import type { FillRequest, FillResult } from './contract.ts'
import type { ModelInstance } from './model-instance.ts'
import { ScopeEnd } from './scope-end.ts'
import { cutForHealing, grammarForcing } from './token-healing.ts'

/** Fills in between prefix and suffix. Throws MODEL_CANNOT_FILL, or the signal's reason. `cut` is another than the default only to show what healing is worth. */
export async function fill(model: ModelInstance, request: FillRequest, signal: AbortSignal | undefined, cut?: typeof cutForHealing): Promise<FillResult> {
  const { lanes, prompts } = model.fill
  const all = model.until(signal)
  all.throwIfAborted()
  const { kept, removed } = cut ? cut(request.prefix) : (prompts.heal?.(request.prefix) ?? cutForHealing(request.prefix))
  const prompt = prompts.build(kept, request.suffix)
  const scope = new ScopeEnd(request.scope, request.prefix)
  const grammar = removed === '' ? null : await model.llamaModel.llama.createGrammar({ grammar: grammarForcing(removed) })
  const state = grammar && new LlamaGrammarEvaluationState({ model: model.llamaModel, grammar })
  const maxTokens = Math.min(request.maxTokens, model.facts.contextTokens - 1 - prompt.length)
  const written: Token[] = []
  let text = ''
  let isHealed = removed === ''
  let tokens = 0
  let stopReason: FillResult['stopReason'] = 'max-tokens'
  let start = performance.now()
  let firstAt = start
  let reusedTokens = 0
  const onToken = (token: Token): boolean => {
    if (written.length === 0) firstAt = performance.now()
    if (model.llamaModel.isEogToken(token)) {
      stopReason = 'end-of-text'
      return false
    }
    written.push(token)
    const whole = model.llamaModel.detokenize(written, false, prompt.slice(-1))
    isHealed ||= whole.length >= removed.length
    if (!isHealed) return written.length < maxTokens
    tokens++
    text = whole.slice(removed.length)
    const cutText = prompts.cut?.(text, request.suffix) ?? null
    const end = scope.find(cutText ?? text)
    if (end === null && cutText === null) return written.length < maxTokens
    text = (cutText ?? text).slice(0, end ?? undefined)
    stopReason = 'end-of-scope'
    return false
  }
  await lanes.use(prompt, all, lane =>
    lane.run(
      {
        prompt,
        // Once the removed text stands, the grammar has no more to say and only costs time.
        sampling: { temperature: 0, grammarEvaluationState: () => (isHealed || !state ? undefined : state) },
        onStart: reused => {
          start = performance.now()
          reusedTokens = reused
        },
        onToken,
      },
      all,
    ),
  )
  const end = performance.now()
  const rate = (count: number, milliseconds: number, least: number): number | null => (count >= least && milliseconds > 0 ? (count * 1000) / milliseconds : null)
  const speed = { tokensPerSecond: rate(written.length - 1, end - firstAt, 1), prefillTokensPerSecond: rate(prompt.length - reusedTokens, firstAt - start, leastTokensRead) }
  return { text: text.replace(/\uFFFD+$/, ''), tokens, promptTokens: prompt.length, milliseconds: end - start, stopReason, speed }
}
