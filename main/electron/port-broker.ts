import { ipcMain, type IpcMainEvent, type MessagePortMain, type WebContents } from 'electron/main'
import { portHandshake } from '#shared/port-handshake.ts'
import type { Log } from '../platform/log/log.ts'
import { refuseSender } from './sender-policy.ts'

interface Broker {
  /** Lets a window ask for a port, until it goes. */
  admit(contents: WebContents): void
}

/** The one channel between a page and the host: a port comes in, and is served once its sender has been checked. One port for each window. */
export function createPortBroker(serve: (port: MessagePortMain) => void, log: Log): Broker {
  const ports = new Map<number, MessagePortMain | null>()

  const close = (id: number): void => {
    ports.get(id)?.close()
    if (ports.has(id)) ports.set(id, null)
  }

  ipcMain.on(portHandshake, (event: IpcMainEvent) => {
    const refusal = refuseSender(event, id => ports.has(id))
    const [port] = event.ports
    if (refusal !== null || port === undefined) {
      for (const other of event.ports) other.close()
      log.warn('Refused a port', { reason: refusal ?? 'no port' })
      return
    }
    close(event.sender.id)
    ports.set(event.sender.id, port)
    serve(port)
    port.start()
  })

  return {
    admit(contents) {
      const { id } = contents
      ports.set(id, null)
      contents.on('did-start-navigation', details => {
        if (details.isMainFrame && !details.isSameDocument) close(id)
      })
      contents.on('render-process-gone', () => close(id))
      contents.once('destroyed', () => {
        close(id)
        ports.delete(id)
      })
    },
  }
}
