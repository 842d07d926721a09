import '../../renderer/ui/styles.css'
import { takeAddress } from '../../renderer/rpc/address.ts'
import { client } from '../../renderer/rpc/client.ts'
import { connectWeb } from '../../renderer/rpc/connect-web.ts'
import { createTerminalSession } from '../../renderer/features/terminals/terminal-session.ts'

/** What the bench asks of the page. Times are in milliseconds. */
export interface TerminalBench {
  /** From the command on its way to the shell until its end is on the screen, and the most characters that waited in the page. */
  throughShell: (command: string) => Promise<{ milliseconds: number; mostWaiting: number; characters: number }>
  /** The same terminal fed from memory: `piece` again and again. */
  fromMemory: (piece: string, times: number) => Promise<number>
  /** Starts a flood, presses Ctrl-C in its middle, and says when (ms since 1970). */
  interrupt: (command: string, after: number) => Promise<number>
}

declare global {
  interface Window {
    bench: Promise<TerminalBench>
  }
}

const END = 7771

async function open(): Promise<TerminalBench> {
  const { code, workspaceId } = takeAddress()
  await connectWeb(code)
  if (workspaceId === null) throw new Error('The address names no workspace')
  const { id } = await client.terminals.create({ workspaceId, columns: 80, rows: 12 })
  await document.fonts.load("13px 'JetBrains Mono Variable'")
  const session = createTerminalSession(workspaceId, id, failure => {
    throw new Error(`The terminal broke: ${JSON.stringify(failure)}`)
  })
  const frame = document.getElementById('terminal')
  if (frame) session.attach(frame)
  const { terminal } = session
  // A mark that only the bench writes, seen when all before it has been taken in; the screen follows within a frame.
  let ended = (): void => undefined
  terminal.parser.registerOscHandler(END, () => {
    requestAnimationFrame(() => ended())
    return true
  })
  const untilEnd = (): Promise<void> => new Promise(resolve => (ended = resolve))
  const type = (data: string): Promise<void> => client.terminals.write({ workspaceId, terminalId: id, data })
  const mark = `printf '\\033]${END};x\\007'`
  await new Promise(resolve => setTimeout(resolve, 800))
  const start = untilEnd()
  await type(`PS1='$ '; clear; ${mark}\n`)
  await start

  let waiting = 0
  let mostWaiting = 0
  let characters = 0
  const write = terminal.write.bind(terminal)
  terminal.write = (data, done) => {
    waiting += data.length
    characters += data.length
    mostWaiting = Math.max(mostWaiting, waiting)
    write(data, () => {
      waiting -= data.length
      done?.()
    })
  }

  return {
    throughShell: async command => {
      mostWaiting = 0
      characters = 0
      const end = untilEnd()
      const from = performance.now()
      await type(`${command}; ${mark}\n`)
      await end
      return { milliseconds: performance.now() - from, mostWaiting, characters }
    },
    fromMemory: async (piece, times) => {
      const end = untilEnd()
      const from = performance.now()
      // Two pieces ahead: xterm never waits for the feeder, and no queue grows.
      const lanes = [0, 1].map(async lane => {
        for (let turn = lane; turn < times; turn += 2) await new Promise<void>(resolve => write(piece, resolve))
      })
      await Promise.all(lanes)
      write(`\u001b]${END};x\u0007`)
      await end
      return performance.now() - from
    },
    interrupt: async (command, after) => {
      const end = untilEnd()
      await type(`${command}; ${mark}\n`)
      await new Promise(resolve => setTimeout(resolve, after))
      const pressed = performance.timeOrigin + performance.now()
      terminal.input('\u0003')
      await end
      return pressed
    },
  }
}

window.bench = open()
