import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { AppError } from '#shared/errors.ts'

const longestCharacters = 1024 * 1024
const endOfText = '\u0003'
const endOfTransmission = '\u0004'

/** A terminal, as much of it as asking needs. */
interface Input extends Readable {
  isTTY?: boolean
  setRawMode?: (isRaw: boolean) => unknown
}

interface Options {
  input?: Input
  output?: { write(text: string): unknown }
}

/** One line from the terminal without echo after `prompt`; where stdin is no terminal, its first line without asking. Null at Ctrl-C or Ctrl-D, or where nothing came. */
export async function readHidden(prompt: string, { input = process.stdin, output = process.stderr }: Options = {}): Promise<string | null> {
  if (!input.isTTY || !input.setRawMode) return await firstLine(input)
  output.write(prompt)
  input.setRawMode(true)
  try {
    return await typedLine(input)
  } finally {
    input.setRawMode(false)
    input.pause()
    output.write('\n')
  }
}

/** An answer to each prompt at the terminal; where stdin is no terminal, its first lines. Null for what did not come; after a null nothing more is asked. */
export async function readHiddenLines(prompts: readonly string[], { input = process.stdin, output = process.stderr }: Options = {}): Promise<(string | null)[]> {
  if (!input.isTTY) return await firstLines(input, prompts.length)
  const lines: (string | null)[] = []
  for (const prompt of prompts) {
    const line = lines.at(-1) === null ? null : await readHidden(prompt, { input, output })
    lines.push(line)
  }
  return lines
}

/** The first line of what a descriptor that the caller opened gives. */
export async function readDescriptor(descriptor: number): Promise<string | null> {
  try {
    return await firstLine(createReadStream('', { fd: descriptor, autoClose: descriptor > 2 }))
  } catch (cause) {
    throw new AppError('FILE_UNREADABLE', { path: `descriptor ${descriptor}`, reason: 'it is not open for reading' }, { cause })
  }
}

async function firstLine(input: Readable): Promise<string | null> {
  return (await firstLines(input, 1))[0] ?? null
}

async function firstLines(input: Readable, count: number): Promise<(string | null)[]> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of input) {
    const bytes = Buffer.from(chunk as string | Uint8Array)
    chunks.push(bytes)
    length += bytes.length
    if (Buffer.concat(chunks).toString('latin1').split('\n').length > count || length > longestCharacters) break
  }
  const lines = Buffer.concat(chunks).toString('utf8').split('\n', count)
  return Array.from({ length: count }, (_, index) => lines[index]?.replace(/\r$/, '') || null)
}

function typedLine(input: Input): Promise<string | null> {
  const { promise, resolve } = Promise.withResolvers<string | null>()
  const decoder = new TextDecoder()
  let typed: string[] = []
  const end = (line: string | null): void => {
    input.off('data', onData)
    input.off('end', onEnd)
    resolve(line)
  }
  const onEnd = (): void => {
    end(null)
  }
  const onData = (chunk: Uint8Array | string): void => {
    for (const character of typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true })) {
      if (character === endOfText || (character === endOfTransmission && typed.length === 0)) return end(null)
      if (character === '\r' || character === '\n') return end(typed.join(''))
      if (character === '\u007f' || character === '\b') typed.pop()
      else if (character === '\u0015') typed = []
      else if (character >= ' ') typed.push(character)
    }
  }
  input.on('data', onData)
  input.on('end', onEnd)
  input.resume()
  return promise
}
