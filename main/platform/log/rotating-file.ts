import { closeSync, existsSync, fchmodSync, fstatSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Appends lines to a 0600 file and moves it aside when it is full: `name`, `name.1`, `name.2`.
 * Lines go out at once, so that those before a crash are there; a disk that cannot take them costs the lines, never the app.
 */
export class RotatingFile {
  readonly path: string
  readonly #limitBytes: number
  readonly #kept: number
  #descriptor: number | null = null
  #size = 0

  constructor(folder: string, name: string, limitBytes = 5_000_000, kept = 2) {
    this.path = join(folder, name)
    this.#limitBytes = limitBytes
    this.#kept = kept
  }

  write(line: string): void {
    try {
      if (this.#size >= this.#limitBytes) this.#rotate()
      this.#size += writeSync(this.#open(), line)
    } catch {
      this.close()
    }
  }

  close(): void {
    if (this.#descriptor === null) return
    const descriptor = this.#descriptor
    this.#descriptor = null
    try {
      closeSync(descriptor)
    } catch {
      // Nothing is left to free.
    }
  }

  #open(): number {
    if (this.#descriptor !== null) return this.#descriptor
    const descriptor = openSync(this.path, 'a', 0o600)
    this.#descriptor = descriptor
    if (process.platform !== 'win32') fchmodSync(descriptor, 0o600)
    this.#size = fstatSync(descriptor).size
    return descriptor
  }

  #rotate(): void {
    this.close()
    const numbered = (index: number): string => (index === 0 ? this.path : `${this.path}.${index}`)
    rmSync(numbered(this.#kept), { force: true })
    for (let index = this.#kept - 1; index >= 0; index--) {
      if (existsSync(numbered(index))) renameSync(numbered(index), numbered(index + 1))
    }
    this.#size = 0
  }
}
