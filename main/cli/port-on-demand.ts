import type { Log } from '../platform/log/log.ts'
import { describeFault } from '../platform/log/log-faults.ts'
import type { HttpHost } from '../transport/http-host.ts'

interface Options {
  modelServer: {
    readonly isOn: boolean
    onChange(listener: (state: { isOn: boolean; port: number | null }) => void): () => void
    useOpener(open: () => Promise<void>): void
  }
  listen: () => Promise<HttpHost>
  log: Log
}

export interface PortOnDemand {
  /** For a page, which may come back at any time: from now on the port stays open. */
  forPage(): Promise<HttpHost>
  dispose(): Promise<void>
}

/** The port of a host that has a window of its own: it is open only as long as somebody else may be answered there. */
export async function portOnDemand({ modelServer, listen, log }: Options): Promise<PortOnDemand> {
  let http: Promise<HttpHost> | null = null
  let isPageAsked = false
  const open = async (): Promise<HttpHost> => {
    const opening = (http ??= listen())
    try {
      return await opening
    } catch (error) {
      if (http === opening) http = null
      throw error
    }
  }
  const close = async (): Promise<void> => {
    const open = http
    http = null
    await (await open?.catch(() => null))?.close()
  }
  modelServer.useOpener(async () => void (await open()))
  const stop = modelServer.onChange(({ isOn, port }) => {
    const follow = async (): Promise<void> => {
      if (isOn && port === null) await open()
      if (!isOn && port !== null && !isPageAsked) await close()
    }
    follow().catch((error: unknown) => log.warn('The port could not be opened or closed', describeFault(error)))
  })
  // A server that cannot be reached is no reason to end a host whose window can be used.
  if (modelServer.isOn) await open().catch((error: unknown) => log.warn('The port could not be opened', describeFault(error)))
  return {
    async forPage() {
      isPageAsked = true
      return await open()
    },
    async dispose() {
      stop()
      await close()
    },
  }
}
