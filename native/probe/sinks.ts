import { createSocket } from 'node:dgram'
import { createServer as createHttp } from 'node:http'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { pageVectors, programVectors, type Place, type Sink } from '#shared/contract/self-test.ts'
import type { Arrivals } from './contract.ts'

const paths = new Set<string>([...programVectors, ...pageVectors])
const stunCookie = 0x2112a442

/** Listeners that count what reaches them and answer as little as they can. They end with the process. */
export class Sinks {
  #arrivals: Arrivals = {}

  /** Null where nothing can listen at that address. */
  async open(place: Place, address: string): Promise<Sink | null> {
    try {
      const [tcp, tls, preconnect, http, udp, dns, stun] = await Promise.all([
        this.#streams(place, 'tcp', address),
        this.#streams(place, 'tls', address),
        this.#streams(place, 'preconnect', address),
        this.#requests(place, address),
        this.#datagrams(address, () => this.#count(place, 'udp')),
        this.#datagrams(address, (message, answer) => {
          this.#count(place, 'dns')
          answer(noSuchName(message))
        }),
        this.#datagrams(address, message => {
          if (message.length >= 8 && message.readUInt32BE(4) === stunCookie) this.#count(place, 'webrtc')
        }),
      ])
      return { place, address, ports: { tcp, tls, preconnect, http, udp, dns, stun } }
    } catch {
      return null
    }
  }

  /** What arrived since this was last asked. */
  take(): Arrivals {
    const arrivals = this.#arrivals
    this.#arrivals = {}
    return arrivals
  }

  #count(place: Place, vector: string): void {
    const key = `${place} ${vector}`
    this.#arrivals[key] = (this.#arrivals[key] ?? 0) + 1
  }

  #streams(place: Place, vector: string, address: string): Promise<number> {
    return listening(
      createServer(socket => {
        this.#count(place, vector)
        socket.on('error', () => undefined)
        socket.end()
      }),
      address,
    )
  }

  #requests(place: Place, address: string): Promise<number> {
    const count = (url: string | undefined): void => {
      const name = (url ?? '').slice(1).split(/[?/]/)[0] ?? ''
      if (paths.has(name)) this.#count(place, name)
    }
    const server = createHttp((request, response) => {
      count(request.url)
      response.writeHead(204, { connection: 'close' }).end()
    })
    server.on('upgrade', (request, socket) => {
      count(request.url)
      socket.on('error', () => undefined)
      socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n')
    })
    return listening(server, address)
  }

  #datagrams(address: string, take: (message: Buffer, answer: (bytes: Buffer) => void) => void): Promise<number> {
    return new Promise((resolve, reject) => {
      const socket = createSocket('udp4')
      socket.once('error', reject)
      socket.on('message', (message, from) => take(message, bytes => socket.send(bytes, from.port, from.address, () => undefined)))
      socket.bind(0, address, () => resolve(socket.address().port))
    })
  }
}

function listening(server: Server, address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    // A server that listens at a host and a port has such an address.
    server.listen(0, address, () => resolve((server.address() as AddressInfo).port))
  })
}

/** The question sent back, as an answer that there is no such name (RFC 1035, 4.1.1). */
function noSuchName(question: Buffer): Buffer {
  const answer = Buffer.from(question)
  if (answer.length > 3) {
    answer[2] = (answer[2] ?? 0) | 0x80
    answer[3] = 0x83
  }
  return answer
}
