import type { Clock } from '../platform/clock/clock.ts'
import type { Ledger } from '../platform/ledger/ledger.ts'

const mostPerMinute = 60
const minuteMilliseconds = 60_000

/** Notes what Chromium wanted to load and was refused: its host and port, or its scheme, and nothing else of the address. At most 60 a minute. */
export function refusedRequests(ledger: Ledger, clock: Clock): (address: string) => void {
  let since = -Infinity
  let count = 0
  return address => {
    if (clock.monotonic() - since > minuteMilliseconds) {
      since = clock.monotonic()
      count = 0
    }
    if (++count > mostPerMinute) return
    const { protocol = '', hostname = '', port = '' } = URL.canParse(address) ? new URL(address) : {}
    const usual = { 'https:': 443, 'wss:': 443, 'http:': 80, 'ws:': 80 }[protocol]
    const known = port === '' ? usual : Number(port)
    ledger.note({ kind: 'connection', who: 'page', why: 'something to load', target: hostname === '' ? protocol || 'not known' : hostname, ...(known === undefined ? {} : { port: known }), decision: 'refused', rule: "the window's filter" })
  }
}
