import { RPCLink } from '@orpc/client/websocket'
import { setLink } from './client.ts'
import { setConnection, type Refusal } from './connection.ts'
import { reconnectingLink, type Line } from './reconnecting-link.ts'

const tokenKey = 'cortex.token'
const longestPauseMilliseconds = 4000
const longestHandshakeMilliseconds = 5000

/** Trades the address's code for the tab's token, or takes the one this tab has; then keeps a WebSocket to the host. */
export async function connectWeb(code: string | null): Promise<void> {
  const refusal = code === null ? null : await tradeCode(code)
  const token = sessionStorage.getItem(tokenKey)
  if (token === null) {
    setConnection({ status: 'refused', refusal: refusal ?? 'no-link' })
    return
  }
  let line: Line | null = null
  setLink(reconnectingLink(() => line))
  void keepOpen(token, next => (line = next))
}

async function tradeCode(code: string): Promise<Refusal | null> {
  const answer = await fetch('/session', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ code }) }).catch(() => null)
  if (answer?.ok) {
    const { token } = (await answer.json()) as { token: string } // the host's own answer
    sessionStorage.setItem(tokenKey, token)
    return null
  }
  return answer?.status === 429 ? 'too-many-tries' : 'link-used'
}

async function keepOpen(token: string, setLine: (line: Line | null) => void): Promise<void> {
  for (let attempts = 0; ; attempts += 1) {
    const socket = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/rpc`, ['cortex.v1', `cortex.token.${token}`])
    const closing = new AbortController()
    const giveUp = setTimeout(() => socket.close(), longestHandshakeMilliseconds)
    const hasOpened = await new Promise<boolean>(resolve => {
      socket.addEventListener('open', () => resolve(true), { once: true })
      socket.addEventListener('close', () => resolve(false), { once: true })
    })
    clearTimeout(giveUp)
    if (hasOpened) {
      attempts = 0
      const closed = new Promise<void>(resolve => socket.addEventListener('close', () => resolve(), { once: true }))
      // Before the link's own listener, so that a broken call finds the line marked as closed.
      socket.addEventListener('close', () => closing.abort(), { once: true })
      setLine({ link: new RPCLink({ websocket: socket }), closed: closing.signal })
      setConnection({ status: 'open' })
      await closed
      setLine(null)
    } else if (await isTokenUnknown(token)) {
      sessionStorage.removeItem(tokenKey)
      setConnection({ status: 'refused', refusal: 'host-restarted' })
      return
    }
    setConnection({ status: 'lost', attempts })
    await pause(Math.min(longestPauseMilliseconds, 250 * 2 ** attempts))
  }
}

/** A refused upgrade looks like a dead host to a page; this tells them apart. */
async function isTokenUnknown(token: string): Promise<boolean> {
  const answer = await fetch('/session', { headers: { authorization: `Bearer ${token}` } }).catch(() => null)
  return answer?.status === 401
}

/** Back-off that ends early when the page comes back to the front. */
async function pause(milliseconds: number): Promise<void> {
  await new Promise<void>(resolve => {
    const end = (): void => {
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', end)
      resolve()
    }
    const timer = setTimeout(end, milliseconds)
    document.addEventListener('visibilitychange', end)
  })
}
