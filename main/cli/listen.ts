import { isAppError } from '#shared/errors.ts'
import type { App } from '../app.ts'
import type { Host } from '../platform/host.ts'
import { startHttpHost, type HttpHost } from '../transport/http-host.ts'

interface Options {
  /** 0: the one in the settings, or any. */
  port: number
  rendererFolder: string
}

/** Serves the application on 127.0.0.1. A port of the command line must be free; where that of the settings is taken, any other does. */
export async function listen(app: App, host: Host, { port, rendererFolder }: Options): Promise<HttpHost> {
  const { settings, modelServer } = app.services
  const log = host.log.scope('http')
  const start = async (at: number): Promise<HttpHost> => await startHttpHost({ router: app.router, modelServer, log, clock: host.clock, version: host.version, port: at, rendererFolder })
  if (port !== 0) return await start(port)
  const wanted = (await settings.values())['server.port']
  try {
    return await start(wanted)
  } catch (error) {
    if (wanted === 0 || !isAppError(error) || error.code !== 'PORT_IN_USE') throw error
    log.warn('The port of the settings is taken; another one is used', { port: wanted })
    return await start(0)
  }
}
