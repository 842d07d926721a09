import { extname } from 'node:path'
import type { Client } from '#shared/contract/index.ts'
import { offsetOf } from './offset-of.ts'
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

/** Prints what the model would insert at a place in a file. Throws a UsageError where the file has no such place. */
export async function complete(client: Client, { file, line, column, json }: CompleteOptions, signal: AbortSignal): Promise<void> {
  const text = await readTextFile(file)
  const offset = offsetOf({ path: file, text, line, column })
  const completion = await client.completion.complete(
    {
      prefix: text.slice(Math.max(0, offset - prefixCharacters), offset),
      suffix: text.slice(offset, offset + suffixCharacters),
      file: { folder: process.cwd(), path: file },
      language: languages[extname(file).toLowerCase()] ?? 'plaintext',
    },
    { signal },
  )
  if (json) process.stdout.write(`${JSON.stringify(completion)}\n`)
  else if (completion.text === '') process.stderr.write('No suggestion.\n')
  else process.stdout.write(`${completion.text}\n`)
}
