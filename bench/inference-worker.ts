import type { ContractRouterClient } from '@orpc/contract'
import { inference, LoadRequest, type GenerateEvent, type GenerateRequest, type LoadedModel } from '../native/inference/contract.ts'
import { systemClock } from '../main/platform/clock/clock.ts'
import { FakeLog } from '../main/platform/log/fake-log.ts'
import { alone } from '../main/platform/workers/confinement.ts'
import { NodeLauncher } from '../main/platform/workers/node-launcher.ts'
import { SupervisedWorker } from '../main/platform/workers/supervised-worker.ts'

export interface InferenceWorker {
  client: ContractRouterClient<typeof inference>
  load(wanted: WantedLoad): Promise<LoadedModel>
  dispose(): Promise<void>
}

export type WantedLoad = { path: string } & Partial<LoadRequest>

/** The product's own worker process, started as the host starts it and asked through its contract. Loads on the processor. */
export function startInference(): InferenceWorker {
  const log = new FakeLog()
  const spec = { name: 'inference', entry: 'inference', env: { UV_THREADPOOL_SIZE: '1' }, confinement: alone }
  const worker = new SupervisedWorker<typeof inference>({ launcher: new NodeLauncher({ log }), clock: systemClock, log, spec })
  return {
    client: worker.client,
    load: async wanted => {
      for await (const event of await worker.client.load(LoadRequest.parse({ modelId: 'bench', contextTokens: null, device: 'cpu', threads: null, ...wanted }))) if (event.type === 'load-end') return event.model
      throw new Error('The load ended without a model')
    },
    dispose: () => worker.dispose(),
  }
}

export type Asked = Pick<GenerateRequest, 'turns' | 'maxTokens'> & Partial<GenerateRequest>
export type Answered = Extract<GenerateEvent, { type: 'generate-end' }> & { text: string; firstTextMilliseconds: number; measuredPerSecond: number }

/** One answer, always the likeliest token and to the last one asked for. Times are those of whoever waits for it: tokens/s count from the first text on. */
export async function answer({ client }: InferenceWorker, asked: Asked, signal?: AbortSignal): Promise<Answered> {
  const began = performance.now()
  let text = ''
  let first: { at: number; tokens: number } | null = null
  for await (const event of await client.generate({ temperature: 0, seed: null, ignoreEndOfText: true, ...asked }, signal ? { signal } : {})) {
    if (event.type === 'text-delta') {
      text += event.text
      first ??= { at: performance.now(), tokens: event.tokens }
    } else if (event.type === 'generate-end') {
      const ended = performance.now()
      const from = first ?? { at: ended, tokens: event.tokens }
      return { ...event, text, firstTextMilliseconds: from.at - began, measuredPerSecond: ((event.tokens - from.tokens) / (ended - from.at)) * 1000 }
    }
  }
  throw new Error('The answer ended without its figures')
}
