import type { MakeBuffer, TextBuffer } from './text-buffer.ts'

/** A text with undo, for tests. */
export class FakeTextBuffer implements TextBuffer {
  readonly language = 'plaintext'
  isDisposed = false
  lineEnding: 'lf' | 'crlf' = 'lf'
  #past: { text: string; state: number }[]
  #nextState = 1
  #listeners = new Set<() => void>()
  constructor(text: string) {
    this.#past = [{ text, state: 0 }]
  }

  read = (): string => this.#past.at(-1)?.text ?? ''
  length = (): number => this.read().length
  state = (): number => this.#past.at(-1)?.state ?? 0
  replace = (text: string): void => {
    if (text === this.read()) return
    this.#past.push({ text, state: this.#nextState++ })
    this.#tell()
  }
  undo = (): void => {
    if (this.#past.length > 1) this.#past.pop()
    this.#tell()
  }
  setLineEnding = (lineEnding: 'lf' | 'crlf'): void => {
    this.lineEnding = lineEnding
  }
  onChange = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
  dispose = (): void => {
    this.isDisposed = true
    this.#listeners.clear()
  }
  #tell(): void {
    for (const listener of this.#listeners) listener()
  }
}

export function fakeBuffers(): { make: MakeBuffer; of: (path: string) => FakeTextBuffer } {
  const made = new Map<string, FakeTextBuffer>()
  return {
    make: options => {
      const buffer = new FakeTextBuffer(options.text)
      made.set(options.path, buffer)
      return Promise.resolve(buffer)
    },
    of: path => {
      const buffer = made.get(path)
      if (!buffer) throw new Error(`No buffer for ${path}`)
      return buffer
    },
  }
}
