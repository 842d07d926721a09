import { implement } from '@orpc/server'
import { AppError } from '#shared/errors.ts'
import { mapErrors } from '#shared/map-errors.ts'
import { inference, type GenerateEvent, type LoadRequest } from '../../native/inference/contract.ts'

/** What the processes of models meet with; a test changes it as it goes. */
export interface CardScript {
  /** Whether llama.cpp finds a card. */
  hasCard: boolean
  /** Thrown by a load that uses the card. */
  loadFault: AppError | null
  /** Thrown by an answer after its first words. */
  answerFault: AppError | null
  /** Answers stop after their first words and go no further. */
  isHeld: boolean
  loads: LoadRequest[]
}

export const cardScript = (): CardScript => ({ hasCard: true, loadFault: null, answerFault: null, isHeld: false, loads: [] })

const end: GenerateEvent = { type: 'generate-end', stopReason: 'end-of-text', promptTokens: 1, reusedTokens: 0, tokens: 100, tokensPerSecond: 50, firstTokenMilliseconds: 1, milliseconds: 1 }

/** The process of a model on a machine with a graphics card, as a host sees it: what it was asked to put on the card is there, without llama.cpp. */
export function cardWorker(script: CardScript) {
  const os = implement(inference).use(mapErrors)
  let loaded = ''
  return os.router({
    load: os.load.handler(async function* ({ input }) {
      script.loads.push(input)
      const gpuLayers = script.hasCard && input.device === 'auto' ? (input.gpuLayers ?? 99) : 0
      if (gpuLayers > 0 && script.loadFault) throw script.loadFault
      loaded = input.modelId
      const device = gpuLayers > 0 ? 'cuda' : 'cpu'
      yield { type: 'load-end' as const, model: { contextTokens: input.contextTokens ?? 0, threads: 1, device, gpuLayers, canChat: true, canFill: true, fillMode: null, canEmbed: false, canRerank: false, dimensions: null, sequences: input.sequences, measuredThreads: {} } }
    }),
    countTokens: os.countTokens.handler(({ input }) => input.texts.map(() => 1)),
    countChatTokens: os.countChatTokens.handler(() => 1),
    generate: os.generate.handler(async function* ({ signal }) {
      yield { type: 'text-delta' as const, text: `first words of ${loaded}`, tokens: 1 }
      if (script.answerFault) throw script.answerFault
      if (script.isHeld) await new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error)))
      yield end
    }),
    complete: os.complete.handler(() => ({ text: loaded, tokens: 1, promptTokens: 1, milliseconds: 1, stopReason: 'end-of-scope' as const })),
    embed: os.embed.handler(({ input }) => input.texts.map(() => ({ vector: [1, 0], tokens: 1 }))),
    rerank: os.rerank.handler(() => ({ scores: [], tokens: 0 })),
    warmUp: os.warmUp.handler(() => ({ readTokens: 0 })),
    measureSpeculation: os.measureSpeculation.handler(() => null),
    saveState: os.saveState.handler(() => ({ tokens: 0 })),
    restoreState: os.restoreState.handler(() => ({ tokens: 0 })),
    unload: os.unload.handler(() => undefined),
  })
}
