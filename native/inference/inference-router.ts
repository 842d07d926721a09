import { implement } from '@orpc/server'
import { AppError } from '#shared/errors.ts'
import { mapErrors } from '#shared/map-errors.ts'
import { inference } from './contract.ts'
import { fill } from './fill.ts'
import { generate } from './generate.ts'
import { LlamaRuntime } from './llama-runtime.ts'
import { loadModel } from './load-model.ts'
import type { ModelInstance } from './model-instance.ts'
import { warmUp } from './warm-up.ts'

/** At most one model is loaded; a second load frees the first. */
export function inferenceRouter() {
  const os = implement(inference).use(mapErrors)
  const runtime = new LlamaRuntime()
  let loaded: ModelInstance | null = null
  const model = (): ModelInstance => {
    if (!loaded) throw new AppError('MODEL_NOT_LOADED', {})
    return loaded
  }
  const unload = async (): Promise<void> => {
    const former = loaded
    loaded = null
    await former?.dispose()
  }
  return os.router({
    load: os.load.handler(async function* ({ input, signal }) {
      await unload()
      const fresh = yield* loadModel(runtime, input, signal)
      // Given up at the last moment, or overtaken by another load: whichever model stays, none stays beside it.
      if (signal?.aborted) {
        await fresh.dispose()
        throw signal.reason
      }
      await unload()
      loaded = fresh
      yield { type: 'load-end' as const, model: fresh.facts }
    }),
    countTokens: os.countTokens.handler(({ input }) => {
      const { llamaModel } = model()
      return input.texts.map(text => llamaModel.tokenize(text).length)
    }),
    countChatTokens: os.countChatTokens.handler(({ input }) => model().template.render(input.turns, input.tools).tokens.length),
    generate: os.generate.handler(({ input, signal }) => generate(model(), input, signal)),
    complete: os.complete.handler(({ input, signal }) => fill(model(), input, signal)),
    embed: os.embed.handler(({ input, signal }) => {
      const loadedNow = model()
      return loadedNow.embedder.embed(input.texts, loadedNow.until(signal))
    }),
    rerank: os.rerank.handler(({ input, signal }) => {
      const loadedNow = model()
      return loadedNow.ranker.rank(input.query, input.documents, loadedNow.until(signal))
    }),
    warmUp: os.warmUp.handler(async ({ input, signal }) => ({ readTokens: await warmUp(model(), input.turns, signal) })),
    measureSpeculation: os.measureSpeculation.handler(async ({ signal }) => {
      const loadedNow = model()
      return (await loadedNow.trial?.run(loadedNow.until(signal))) ?? null
    }),
    saveState: os.saveState.handler(async ({ input }) => {
      const { states, template } = model()
      return { tokens: await states.save(input.path, template.render(input.turns).tokens) }
    }),
    restoreState: os.restoreState.handler(async ({ input }) => {
      const { states, template } = model()
      return { tokens: await states.restore(input.path, template.render(input.turns).tokens) }
    }),
    unload: os.unload.handler(unload),
  })
}
