import type { Client } from '#shared/contract/index.ts'
import { readAttachment, readStdin } from './read-context.ts'

export interface AskOptions {
  file: string[]
  sendSecret: string[]
  json?: boolean
  maxTokens?: number
  temperature?: number
  seed?: number
}

/** Streams the answer to one question to stdout: its text as it comes, or each event as a line of JSON. */
export async function ask(client: Client, question: string, options: AskOptions, signal: AbortSignal): Promise<void> {
  const attachments = await Promise.all([...new Set([...options.file, ...options.sendSecret])].map(readAttachment))
  const prompt = question === '-' ? await readStdin() : question
  const events = await client.chat.ask(
    {
      prompt,
      attachments,
      overrides: options.sendSecret,
      folder: process.cwd(),
      ...(options.maxTokens === undefined ? {} : { maxTokens: options.maxTokens }),
      ...(options.temperature === undefined ? {} : { temperature: options.temperature }),
      ...(options.seed === undefined ? {} : { seed: options.seed }),
    },
    { signal },
  )
  let last = ''
  for await (const event of events) {
    if (options.json) process.stdout.write(`${JSON.stringify(event)}\n`)
    else if (event.type === 'text-delta') {
      process.stdout.write(event.text)
      last = event.text
    }
  }
  if (!options.json && !last.endsWith('\n')) process.stdout.write('\n')
}
