import type { PtyOutput } from './contract.ts'

/** Bytes of UTF-8 that may be on their way to one reader. */
export const inFlightLimitBytes = 128 * 1024
const chunkUnits = 32 * 1024
const gatherMilliseconds = 8

/** With more than this waiting to be sent the shell is to pause; with less than the second it may go on. */
const pendingHigh = 64 * 1024
const pendingLow = 16 * 1024

type Ending = Extract<PtyOutput, { type: 'exit' }>

/** One reader of a terminal: gathers output into chunks and sends no more than the reader has shown. */
export class Attachment {
  readonly #snapshot: Extract<PtyOutput, { type: 'snapshot' }>
  readonly #onRoom: () => void
  /** Sent and not acknowledged, oldest first. */
  readonly #inFlight: { position: number; bytes: number }[] = []
  #inFlightBytes = 0
  #pending = ''
  #position: number
  #lastSentAt = -Infinity
  #ending: Ending | null = null
  #wake: () => void = () => undefined
  #timer: NodeJS.Timeout | undefined

  /** `onRoom` is called when the reader can take more again. */
  constructor(snapshot: Extract<PtyOutput, { type: 'snapshot' }>, onRoom: () => void) {
    this.#snapshot = snapshot
    this.#position = snapshot.position
    this.#onRoom = onRoom
  }

  get isFull(): boolean {
    return this.#pending.length >= pendingHigh
  }

  get hasRoom(): boolean {
    return this.#pending.length < pendingLow
  }

  push(text: string): void {
    this.#pending += text
    this.#wake()
  }

  end(ending: Ending): void {
    this.#ending = ending
    this.#wake()
  }

  /** Says that all output up to `position` was shown. */
  acknowledge(position: number): void {
    for (let first = this.#inFlight[0]; first && first.position <= position; first = this.#inFlight[0]) {
      this.#inFlightBytes -= first.bytes
      this.#inFlight.shift()
    }
    this.#wake()
  }

  /** The snapshot, then output as the reader acknowledges it, then the end. */
  async *events(signal: AbortSignal | undefined): AsyncGenerator<PtyOutput, void, void> {
    const abort = (): void => this.#wake()
    signal?.addEventListener('abort', abort)
    try {
      yield this.#snapshot
      while (!signal?.aborted) {
        // One moment for both: text that is found too young to be sent is the text that a timer is set for.
        const now = performance.now()
        const chunk = this.#take(now)
        if (chunk !== null) yield { type: 'data', data: chunk, position: this.#position }
        else if (this.#ending && this.#pending === '') return yield this.#ending
        else await this.#rest(now)
      }
    } finally {
      clearTimeout(this.#timer)
      signal?.removeEventListener('abort', abort)
    }
  }

  #rest(now: number): Promise<void> {
    return new Promise(resolve => {
      this.#wake = () => {
        clearTimeout(this.#timer)
        resolve()
      }
      const waited = now - this.#lastSentAt
      // Without text, or without room, only a call wakes it.
      if (this.#pending !== '' && waited < gatherMilliseconds) this.#timer = setTimeout(this.#wake, gatherMilliseconds - waited)
    })
  }

  /** The next chunk, or null when it is better, or needful, to wait. The first text after a rest goes at once. */
  #take(now: number): string | null {
    if (this.#pending === '') return null
    if (this.#pending.length < chunkUnits && now - this.#lastSentAt < gatherMilliseconds && !this.#ending) return null
    const chunk = this.#fitting(inFlightLimitBytes - this.#inFlightBytes)
    if (chunk === null) return null
    this.#pending = this.#pending.slice(chunk.length)
    this.#position += chunk.length
    const bytes = Buffer.byteLength(chunk)
    this.#inFlight.push({ position: this.#position, bytes })
    this.#inFlightBytes += bytes
    this.#lastSentAt = now
    if (this.hasRoom) this.#onRoom()
    return chunk
  }

  #fitting(roomBytes: number): string | null {
    const chunk = prefix(this.#pending, chunkUnits)
    if (Buffer.byteLength(chunk) <= roomBytes) return chunk
    // A unit is at most three bytes; a crumb is not worth a message.
    const units = Math.floor(roomBytes / 3)
    return units < 1024 ? null : prefix(this.#pending, units)
  }
}

/** At most `units` units from the start, never half of a surrogate pair. */
function prefix(text: string, units: number): string {
  if (text.length <= units) return text
  const last = text.charCodeAt(units - 1)
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? units - 1 : units)
}
