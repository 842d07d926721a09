const LONGEST = 100_000

export interface Typist {
  type: (data: string) => void
}

/** Sends what was typed strictly in order: one call at a time, and what comes meanwhile goes together with the next. */
export function createTypist(send: (data: string) => Promise<unknown>, onFailure: (error: unknown) => void): Typist {
  let waiting = ''
  let isSending = false

  async function flush(): Promise<void> {
    if (isSending) return
    isSending = true
    try {
      while (waiting !== '') {
        const piece = waiting.slice(0, cutAt(waiting))
        waiting = waiting.slice(piece.length)
        await send(piece)
      }
    } catch (error) {
      // Half a command must not arrive later, on its own, in another line.
      waiting = ''
      onFailure(error)
    } finally {
      isSending = false
    }
  }

  return {
    type: data => {
      waiting += data
      void flush()
    },
  }
}

/** Never between the halves of one character. */
function cutAt(text: string): number {
  if (text.length <= LONGEST) return text.length
  const last = text.charCodeAt(LONGEST - 1)
  return last >= 0xd800 && last <= 0xdbff ? LONGEST - 1 : LONGEST
}
