import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { sep } from 'node:path'
import type { FileLister, ListOptions } from './file-lister.ts'

const args = ['--files', '--hidden', '--null', '--no-messages', '--no-config', '--no-require-git', '--glob', '!.git', '--glob', '!node_modules']

/** `rg --files`: quick, and it knows .gitignore. */
export class RipgrepFileLister implements FileLister {
  async *list(folder: string, signal: AbortSignal, { hasIgnored = false }: ListOptions = {}): AsyncGenerator<string[]> {
    signal.throwIfAborted()
    // Loaded here because the package throws where it has no program for the platform.
    const { rgPath } = await import('@vscode/ripgrep')
    // A packed application keeps programs beside its archive, where the system can start them.
    const program = rgPath.replace(/\bapp\.asar(?=[/\\])/, 'app.asar.unpacked')
    const child = spawn(program, hasIgnored ? [...args, '--no-ignore'] : args, { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'], signal })
    const exit = once(child, 'close')
    // The loop below or the line after it sees the failure.
    exit.catch(() => undefined)
    try {
      let rest = ''
      child.stdout.setEncoding('utf8')
      for await (const chunk of child.stdout) {
        const parts = (rest + String(chunk)).split('\0')
        rest = parts.pop() ?? ''
        yield sep === '/' ? parts : parts.map(part => part.split(sep).join('/'))
      }
      await exit
    } finally {
      child.kill()
    }
  }
}
