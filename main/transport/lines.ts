import type { Socket } from 'node:net'

const longestLineCharacters = 128 * 1024 * 1024

/** Calls back with each whole line of a socket's UTF-8 text; ends a socket that sends a line without end. */
export function onLines(socket: Socket, listener: (line: string) => void): void {
  let pieces: string[] = []
  let held = 0
  socket.setEncoding('utf8')
  // With an encoding set, data comes as strings.
  socket.on('data', (chunk: string | Buffer) => {
    const parts = String(chunk).split('\n')
    const tail = parts.pop() ?? ''
    for (const part of parts) {
      listener(pieces.join('') + part)
      pieces = []
      held = 0
    }
    if (tail) pieces.push(tail)
    held += tail.length
    if (held > longestLineCharacters) socket.destroy()
  })
}
