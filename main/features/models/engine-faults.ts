import type { EngineState } from '#shared/contract/models.ts'
import { AppError } from '#shared/errors.ts'
import type { WorkerState } from '../../platform/workers/supervised-worker.ts'

export function isCrash(error: unknown): error is AppError<'WORKER_CRASHED'> {
  return error instanceof AppError && error.code === 'WORKER_CRASHED'
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
