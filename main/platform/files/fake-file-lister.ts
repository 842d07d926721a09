import type { FileLister } from './file-lister.ts'

/** Lists what a test gave it. */
export class FakeFileLister implements FileLister {
  paths: string[] = []
  failure: Error | null = null
  runs = 0

  async *list(_folder: string, signal: AbortSignal): AsyncGenerator<string[]> {
    this.runs++
    if (this.failure) throw this.failure
    for (let start = 0; start < this.paths.length; start += 1000) {
      signal.throwIfAborted()
      yield this.paths.slice(start, start + 1000)
    }
  }
}
