import { AppError, isAppError } from '#shared/errors.ts'

/** How a process ends that the system, the allocator or llama.cpp's own checks stopped; one that its supervisor killed because it stood still has another reason. */
const deadly = /^(signal SIG(KILL|SEGV|ABRT|BUS|ILL|TRAP)|exit code (132|133|134|135|137|139))$/

/** An end that a smaller plan may avoid: out of memory as llama.cpp tells it, or a death that looks like it. */
export function isMemoryDeath(error: unknown): error is AppError {
  if (!isAppError(error)) return false
  if (error.code === 'MODEL_OUT_OF_MEMORY') return true
  // The code says what the data is.
  return error instanceof AppError && error.code === 'WORKER_CRASHED' && deadly.test((error.data as { reason: string }).reason)
}
