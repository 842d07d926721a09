import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, vi } from 'vitest'
import { cortexProgram } from '../../main/cli/program.ts'

const entryFolder = join(import.meta.dirname, '../../main')

/** What the program threw in place of ending this process. */
class Ended extends Error {
  readonly code: number
  constructor(code: number) {
    super(`ended with ${code}`)
    this.code = code
  }
}

/** `cortex` in this process: each test of the file gets a profile of its own, what a command prints is kept, and its end is an answer. Called once, at the top of a file. */
export class CommandLine {
  /** A folder of this test's own; the profile lies below it. */
  folder = ''
  /** What the last command has written. */
  out = ''
  errors = ''

  constructor() {
    beforeEach(() => {
      this.folder = realpathSync(mkdtempSync(join(tmpdir(), 'cortex-cli-')))
      vi.stubEnv('CORTEX_HOME', join(this.folder, 'state'))
      vi.spyOn(process.stdout, 'write').mockImplementation((text: unknown, ...rest: unknown[]) => {
        this.out += String(text)
        const done = rest.at(-1)
        if (typeof done === 'function') done()
        return true
      })
      vi.spyOn(process.stderr, 'write').mockImplementation(text => ((this.errors += String(text)), true))
      vi.spyOn(process, 'exit').mockImplementation(code => {
        throw new Ended(Number(code))
      })
    })
    afterEach(() => {
      vi.restoreAllMocks()
      vi.unstubAllEnvs()
      rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 })
    })
  }

  /** The code that it ended with. */
  async run(...words: string[]): Promise<number> {
    this.out = ''
    this.errors = ''
    const ended = await cortexProgram(entryFolder).parseAsync(words, { from: 'user' }).then(() => null, (error: unknown) => error)
    if (!(ended instanceof Ended)) throw ended instanceof Error ? ended : new Error('The command did not end')
    return ended.code
  }

  /** The same, with what its stdin holds. */
  async runWith(input: string, ...words: string[]): Promise<number> {
    vi.spyOn(process, 'stdin', 'get').mockReturnValue(Readable.from(input === '' ? [] : [Buffer.from(input)]) as typeof process.stdin)
    return await this.run(...words)
  }
}
