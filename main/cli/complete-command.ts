import { extname } from 'node:path'
import type { Client } from '#shared/contract/index.ts'
import { readTextFile } from './read-context.ts'

const prefixCharacters = 16_000
const suffixCharacters = 16_000

const languages: Record<string, string> = {
  '.c': 'c', '.cpp': 'cpp', '.cs': 'csharp', '.css': 'css', '.go': 'go', '.html': 'html', '.java': 'java', '.js': 'javascript', '.jsx': 'javascript',
  '.json': 'json', '.md': 'markdown', '.mjs': 'javascript', '.py': 'python', '.rb': 'ruby', '.rs': 'rust', '.sh': 'shell', '.ts': 'typescript', '.tsx': 'typescript',
}

export interface CompleteOptions {
  file: string
  line: number
  column: number
  json?: boolean
}

/** Prints what the model would insert at a place in a file. */
export async function complete(client: Client, { file, line, column, json }: CompleteOptions, signal: AbortSignal): Promise<void> {
  const text = await readTextFile(file)
  const offset = offsetOf(text, line, column)
  const completion = await client.completion.complete(
    {
      prefix: text.slice(Math.max(0, offset - prefixCharacters), offset),
      suffix: text.slice(offset, offset + suffixCharacters),
      language: languages[extname(file).toLowerCase()] ?? 'plaintext',
    },
    { signal },
  )
  process.stdout.write(`${json ? JSON.stringify(completion) : completion.text}\n`)
}

/** Index of a line and column that count from 1; the end of the line or text where they lie beyond it. */
export function offsetOf(text: string, line: number, column: number): number {
  let start = 0
  for (let current = 1; current < line; current += 1) {
    const end = text.indexOf('\n', start)
    if (end < 0) return text.length
    start = end + 1
  }
  const end = text.indexOf('\n', start)
  return Math.min(start + column - 1, end < 0 ? text.length : end)
}
