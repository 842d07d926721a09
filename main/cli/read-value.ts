import { readHidden } from './read-hidden.ts'
import { UsageError } from './usage-error.ts'

/** More than a secret may hold is read so far and then refused by the host, which says how much it takes. */
const mostBytes = 4 * 1024 * 1024

/** A secret's value: typed without echo at a terminal, else all of stdin but its last line end. It is never taken from the command line. */
export async function readValue(name: string, input: NodeJS.ReadStream = process.stdin): Promise<string> {
  const value = input.isTTY ? await readHidden(`Value of ${name} (not shown): `, { input }) : await readAll(input)
  if (value === null || value === '') throw new UsageError({ what: 'No value was given.', why: 'Nothing was typed, and nothing came from stdin.', action: 'Type it when asked, or pipe it in.' })
  return value
}

/** Called where a word too many was given. */
export function refuseArgument(value: unknown): void {
  if (value === undefined) return
  throw new UsageError({
    what: 'The value was not taken.',
    why: 'Every program on this machine can read command lines, and shells keep them in a history.',
    action: 'Leave it out and type it when asked, or pipe it to stdin. What you just gave should be replaced where it was issued.',
  })
}

export async function readAll(input: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of input) {
    chunks.push(Buffer.from(chunk))
    length += chunk.length
    if (length > mostBytes) break
  }
  return Buffer.concat(chunks).toString('utf8').replace(/\r?\n$/, '')
}
