import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))
export const at = (...parts) => join(root, ...parts)
export const outFolder = resolve(root, process.env.CORTEX_OUT ?? 'out')
/** What Node is given before a program of Cortex: no other program of the account may open a debugger in it by a signal. */
export const nodeOptions = ['--enable-source-maps', '--disable-sigusr1']

/** A fault that a person can do something about: printed as its lines, without a stack. */
export class PlainError extends Error {
  constructor(...lines) {
    super(lines.join('\n'))
  }
}

export function say(line) {
  process.stderr.write(`${line}\n`)
}

/** Runs the work of one tool; what it could not do goes to stderr in plain words. */
export async function runTool(work) {
  try {
    await work()
  } catch (error) {
    say(error instanceof PlainError ? error.message : String(error?.stack ?? error))
    process.exitCode = 1
  }
}

const pause = milliseconds => new Promise(done => setTimeout(done, milliseconds))

/** Two tools started at once must not install or build over each other: the second waits. A lock whose owner has gone is taken over. */
export async function withLock(name, work) {
  const path = at(name)
  for (;;) {
    try {
      const file = openSync(path, 'wx')
      writeSync(file, String(process.pid))
      closeSync(file)
      break
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
      if (!isOwnerAlive(path)) rmSync(path, { force: true })
      else await pause(200)
    }
  }
  const release = () => rmSync(path, { force: true })
  process.once('exit', release)
  try {
    return await work()
  } finally {
    process.removeListener('exit', release)
    release()
  }
}

function isOwnerAlive(path) {
  try {
    const pid = Number(readFileSync(path, 'utf8'))
    // Just made, its owner is still writing its number.
    if (!pid) return true
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}
