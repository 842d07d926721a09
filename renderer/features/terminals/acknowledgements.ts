/** Says how far the screen has come: at once when a good part of the window is shown, else once per frame. */
const AT_ONCE = 16 * 1024
const FRAME_MILLISECONDS = 16

interface Timer {
  set: (run: () => void, milliseconds: number) => unknown
  clear: (handle: unknown) => void
}

// Timers and not animation frames: a hidden tab draws no frames, and its shell must go on all the same.
const pageTimer: Timer = {
  set: (run, milliseconds) => setTimeout(run, milliseconds),
  // The handle is what `set` gave.
  clear: handle => clearTimeout(handle as ReturnType<typeof setTimeout>),
}

export interface Acknowledgements {
  shown: (position: number) => void
  dispose: () => void
}

/** The host keeps at most 128 kB in flight: told early and often, it never waits for the screen. Positions count characters. */
export function createAcknowledgements(start: number, send: (position: number) => void, timer: Timer = pageTimer): Acknowledgements {
  let sent = start
  let position = start
  let pending: unknown = null

  function flush(): void {
    if (pending !== null) timer.clear(pending)
    pending = null
    if (position <= sent) return
    sent = position
    send(position)
  }

  return {
    shown: next => {
      position = Math.max(position, next)
      if (position - sent >= AT_ONCE) flush()
      else if (position > sent) pending ??= timer.set(flush, FRAME_MILLISECONDS)
    },
    dispose: () => {
      if (pending !== null) timer.clear(pending)
      pending = null
    },
  }
}
