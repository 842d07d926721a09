import type { LogEvent } from '#shared/contract/logs.ts'
import { liveStream } from '../../platform/live/live-stream.ts'
import type { LogBook } from '../../platform/log/log-book.ts'

const linesAtOnce = 2000

/** The log of this host, live. */
export class LogsService {
  readonly #book: LogBook
  constructor(book: LogBook) {
    this.#book = book
  }

  watch(signal?: AbortSignal): AsyncGenerator<LogEvent, void, void> {
    return liveStream<LogEvent>(
      push => {
        push({ type: 'snapshot', lines: [...this.#book.lines()], file: this.#book.file })
        return this.#book.onLine(line => push({ type: 'lines-added', lines: [line] }))
      },
      // A reader that falls behind gets the waiting lines in one event.
      { signal, limit: 1, collapse: join },
    )
  }
}

function join(waiting: readonly LogEvent[]): LogEvent {
  const lines = waiting.flatMap(event => event.lines).slice(-linesAtOnce)
  const first = waiting[0]
  return first?.type === 'snapshot' ? { ...first, lines } : { type: 'lines-added', lines }
}
