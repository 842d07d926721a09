import { AppError } from '#shared/errors.ts'
import type { EgressRequest, EgressResponse, NetworkDoor } from './network-door.ts'

/** Answers from a list of pages; what is not on it is refused. */
export class FakeNetworkDoor implements NetworkDoor {
  readonly requests: EgressRequest[] = []
  readonly pages = new Map<string, { status: number; body: string }>()

  async request(request: EgressRequest): Promise<EgressResponse> {
    this.requests.push(request)
    const page = this.pages.get(request.url)
    const url = new URL(request.url)
    if (!page) throw new AppError('EGRESS_REFUSED', { host: url.hostname, port: Number(url.port || 443), rule: 'offline' })
    const body = new TextEncoder().encode(page.body)
    return {
      status: page.status,
      headers: {},
      url: request.url,
      address: '192.0.2.1',
      body: (async function* () {
        yield body
      })(),
      discard: () => undefined,
    }
  }
}
