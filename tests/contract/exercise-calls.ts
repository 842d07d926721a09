import { ORPCError } from '@orpc/client'
import { expect } from 'vitest'
import type { ErrorCode } from '../../main/shared/errors.ts'

/** Reads a stream until an event fits, then leaves it. */
export async function until<T>(stream: AsyncIterable<T>, fits: (event: T) => boolean): Promise<T> {
  for await (const event of stream) if (fits(event)) return event
  throw new Error('The stream ended before the event came')
}

export async function fails(call: Promise<unknown>, code: ErrorCode | 'BAD_REQUEST'): Promise<void> {
  const error = await call.then(
    () => null,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(ORPCError)
  expect((error as ORPCError<string, unknown>).code).toBe(code)
  expect((error as ORPCError<string, unknown>).defined).toBe(code !== 'BAD_REQUEST')
}
