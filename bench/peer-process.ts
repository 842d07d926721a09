import { fork, type ChildProcess, type Serializable } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** A file of this folder as a process of its own that answers each message with a number, on a libuv pool of one thread as the product's worker has it. */
export class PeerProcess {
  readonly #child: ChildProcess

  private constructor(child: ChildProcess) {
    this.#child = child
  }

  static async start(file: string, options: object): Promise<PeerProcess> {
    const child = fork(join(import.meta.dirname, file), [JSON.stringify(options)], { env: { ...process.env, UV_THREADPOOL_SIZE: '1' } })
    await first(child)
    return new PeerProcess(child)
  }

  async ask(message: Serializable): Promise<number> {
    this.#child.send(message)
    return Number(await first(this.#child))
  }

  stop(): void {
    this.#child.kill('SIGKILL')
  }
}

async function first(child: ChildProcess): Promise<unknown> {
  const ended = new AbortController()
  const fail = once(child, 'exit', { signal: ended.signal }).then(([code]) => {
    throw new Error(`The peer ended with ${String(code)}`)
  })
  // Its end is awaited below, or nobody's concern any more.
  fail.catch(() => undefined)
  try {
    return (await Promise.race([once(child, 'message', { signal: ended.signal }), fail]))[0]
  } finally {
    ended.abort()
  }
}
