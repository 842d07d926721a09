import type { ClientLink } from '@orpc/client'
import { AppError } from '#shared/errors.ts'
import { connectionOpen } from './connection.ts'

type Link = ClientLink<Record<never, never>>

export interface Line {
  link: Link
  /** Aborts when this line is gone. */
  closed: AbortSignal
}

/** A link over whichever line stands: calls wait while there is none, and fail as HOST_UNREACHABLE when theirs breaks. */
export function reconnectingLink(current: () => Line | null): Link {
  return {
    async call(path, input, options) {
      const signal = options.signal ?? new AbortController().signal
      await connectionOpen(signal)
      const line = current()
      if (!line) throw new AppError('HOST_UNREACHABLE', { reason: 'the connection is not open' })
      try {
        return await line.link.call(path, input, options)
      } catch (error) {
        if (line.closed.aborted && !signal.aborted) throw new AppError('HOST_UNREACHABLE', { reason: 'the connection broke off' }, { cause: error })
        throw error
      }
    },
  }
}
