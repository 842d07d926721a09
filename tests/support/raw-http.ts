import { request } from 'node:http'

export interface RawAnswer {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: string
}

interface RawRequest {
  method?: string
  path: string
  headers?: Record<string, string>
  body?: string
}

/** One HTTP request with exactly these headers; `fetch` would refuse to send a foreign Host. */
export async function rawHttp(port: number, { method = 'GET', path, headers = {}, body }: RawRequest): Promise<RawAnswer> {
  return await new Promise((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port, method, path, headers, agent: false }, response => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', chunk => (text += String(chunk)))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }))
      response.on('error', reject)
    })
    call.on('upgrade', (response, socket) => {
      socket.destroy()
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: '' })
    })
    call.on('error', reject)
    call.end(body)
  })
}

/** Asks for a WebSocket: 101 when it would be opened. */
export async function rawUpgrade(port: number, headers: Record<string, string>, path = '/rpc'): Promise<RawAnswer> {
  return await rawHttp(port, {
    path,
    headers: { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': Buffer.from('0123456789abcdef').toString('base64'), ...headers },
  })
}
