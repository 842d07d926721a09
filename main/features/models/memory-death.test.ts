import { expect, it } from 'vitest'
import { AppError } from '#shared/errors.ts'
import { isMemoryDeath } from './memory-death.ts'

const crash = (reason: string): AppError => new AppError('WORKER_CRASHED', { worker: 'inference', reason })

it.each([
  ['signal SIGKILL', true],
  ['signal SIGSEGV', true],
  ['signal SIGABRT', true],
  ['signal SIGBUS', true],
  ['exit code 137', true],
  ['exit code 1', false],
  ['signal SIGTERM', false],
  ['it was stopped', false],
  // A supervisor kills with SIGKILL too, and a smaller plan would not have helped.
  ['it gave no sign of life for 30 seconds', false],
])('a process that ended with “%s” died of memory, as far as anybody can tell: %s', (reason, isDeath) => {
  expect(isMemoryDeath(crash(reason))).toBe(isDeath)
})

it('is what llama.cpp says itself, and no other error', () => {
  expect(isMemoryDeath(new AppError('MODEL_OUT_OF_MEMORY', { id: 'a', neededBytes: 2, freeBytes: 1 }))).toBe(true)
  expect(isMemoryDeath(new AppError('MODEL_NOT_LOADED', {}))).toBe(false)
  expect(isMemoryDeath(new Error('signal SIGKILL'))).toBe(false)
})
