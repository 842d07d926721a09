import { isAbsolute, resolve } from 'node:path'
import { z } from 'zod'

export interface StartArguments {
  /** Absolute path of the folder to open, or null. */
  folder: string | null
  /** Absolute path of a GGUF file to load in place of the one in the settings. */
  model: string | null
  /** Without the model and the last layout. */
  isSafeMode: boolean
}

const path = z
  .string()
  .min(1)
  .max(4096)
  .refine(text => !text.includes('\0') && isAbsolute(text))
const handover = z.strictObject({ version: z.literal(1), folder: path.nullable() })

/** Reads Cortex's own arguments and leaves Chromium's alone. `words` come after the program and, from source, after the application's folder. */
export function readArguments(words: readonly string[], cwd: string): StartArguments {
  let folder: string | null = null
  let model: string | null = null
  let isSafeMode = false
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? ''
    if (word === '--model') model = absolute(words[++index], cwd)
    else if (word.startsWith('--model=')) model = absolute(word.slice('--model='.length), cwd)
    else if (word === '--safe-mode') isSafeMode = true
    else if (!word.startsWith('-')) folder ??= absolute(word, cwd)
  }
  return { folder, model, isSafeMode }
}

/** What a second start hands to the first. Electron passes the data on as it is, so that its argument order never matters. */
export function handoverOf(folder: string | null): z.infer<typeof handover> {
  return { version: 1, folder }
}

/** Another process wrote this: anything but the exact shape is dropped. */
export function readHandover(data: unknown): { folder: string | null } | null {
  const parsed = handover.safeParse(data)
  return parsed.success ? { folder: parsed.data.folder } : null
}

function absolute(word: string | undefined, cwd: string): string | null {
  return word === undefined || word === '' || word.includes('\0') ? null : resolve(cwd, word)
}
