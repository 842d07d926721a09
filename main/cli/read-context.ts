import { readFile } from 'node:fs/promises'
import type { ContextInput } from '#shared/contract/chat.ts'
import { AppError } from '#shared/errors.ts'

/** Text of a file that was named on the command line. */
export async function readTextFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    // Node's file errors carry a code.
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') throw new AppError('FILE_NOT_FOUND', { path }, { cause: error })
    throw new AppError('FILE_UNREADABLE', { path, reason: code === 'EISDIR' ? 'It is a folder.' : 'The system refused to read it.' }, { cause: error })
  }
}

/** A whole file as an attachment; what of it fits is the host's to say. */
export async function readAttachment(path: string): Promise<ContextInput> {
  const text = await readTextFile(path)
  return { kind: 'file', path, startLine: 1, totalLines: text.split('\n').length, text }
}

export async function readStdin(): Promise<string> {
  process.stdin.setEncoding('utf8')
  let text = ''
  for await (const chunk of process.stdin) text += String(chunk)
  return text.trimEnd()
}
