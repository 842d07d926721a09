import type { EngineState } from '#shared/contract/models.ts'
import { AppError } from '#shared/errors.ts'
import type { LoadedModel } from '../../../native/inference/contract.ts'
import type { WorkerState } from '../../platform/workers/supervised-worker.ts'

export function isCrash(error: unknown): error is AppError<'WORKER_CRASHED'> {
  return error instanceof AppError && error.code === 'WORKER_CRASHED'
}

export function isOnCard(facts: LoadedModel | null): facts is LoadedModel {
  return facts !== null && facts.gpuLayers > 0 && facts.device !== 'cpu'
}

/** What a call is told whose model was on a graphics card when its process died or llama.cpp could not go on: the card may be what failed. */
export function cardFailure(error: unknown, facts: LoadedModel | null, worker: string): unknown {
  if (!isOnCard(facts) || !(error instanceof AppError)) return error
  if (error.code === 'MODEL_COMPUTE_FAILED') return new AppError('MODEL_CARD_FAILED', { worker, device: facts.device, reason: `llama.cpp could not go on: ${(error.data as { reason: string }).reason}` }, { cause: error })
  // Not where somebody ended it.
  return isCrash(error) && /^(signal|exit code)/.test(error.data.reason) ? new AppError('MODEL_CARD_FAILED', { worker, device: facts.device, reason: `its process ended: ${error.data.reason}` }, { cause: error }) : error
}

export function unavailable(state: WorkerState, name = 'inference'): AppError | null {
  return state.status === 'unavailable' ? new AppError('WORKER_UNAVAILABLE', { worker: name, crashes: state.crashes }) : null
}

export function failureFor(state: Extract<EngineState, { status: 'failed' }>): AppError {
  const { code, data } = state.error
  // The data came with that code.
  if (code === 'WORKER_CRASHED' || code === 'WORKER_UNAVAILABLE' || code === 'MODEL_DOES_NOT_FIT') return new AppError(code, data as never)
  return new AppError('MODEL_NOT_LOADED', {})
}

export function options(signal: AbortSignal | undefined): { signal?: AbortSignal } {
  return signal ? { signal } : {}
}

export function abortable(promise: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (!signal) return promise
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error)
    signal.addEventListener('abort', abort, { once: true })
    void promise.then(resolve).finally(() => signal.removeEventListener('abort', abort))
  })
}
