import { spawn } from 'node:child_process'

const openers: Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
}

/** Opens an address in the person's browser. Where there is none, nothing happens: the address was printed. */
export function openBrowser(url: string): void {
  const [program, ...options] = openers[process.platform] ?? ['xdg-open']
  const child = spawn(program, [...options, url], { stdio: 'ignore', detached: true })
  child.on('error', () => undefined)
  child.unref()
}
