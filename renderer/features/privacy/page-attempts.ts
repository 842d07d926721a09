import { pageVectors, type Finding, type Sink } from '#shared/contract/self-test.ts'

type Vector = (typeof pageVectors)[number]
type Outcome = Pick<Finding, 'outcome' | 'by'>

const patienceMilliseconds = 2500
const sent: Outcome = { outcome: 'sent', by: '' }
const reached: Outcome = { outcome: 'reached', by: '' }
const refused = (by: string): Outcome => ({ outcome: 'refused', by })

/** Really tries every way out of this page, but for leaving it. What the page's policy refuses is told by the browser. */
export async function attemptFromPage(sinks: readonly Sink[]): Promise<Finding[]> {
  const violations = new Set<string>()
  const note = (event: SecurityPolicyViolationEvent): void => {
    if (!sinks.some(({ address }) => event.blockedURI.includes(address))) return
    violations.add(event.blockedURI)
    // The ledger tells what was asked for in earnest; the result of the test has these.
    event.stopPropagation()
  }
  window.addEventListener('securitypolicyviolation', note, { capture: true })
  const stage = document.createElement('div')
  stage.hidden = true
  document.body.append(stage)
  try {
    return await Promise.all(sinks.flatMap(sink => Object.entries(ways).map(async ([name, way]) => {
      // The table below has no other names.
      const vector = name as keyof typeof ways
      const url = addressOf(sink, vector)
      const late = new Promise<Outcome>(resolve => setTimeout(resolve, patienceMilliseconds, sent))
      const outcome = await Promise.race([attempt(() => way(url, stage, sink)), late])
      const isRefused = outcome.outcome !== 'reached' && [...violations].some(blocked => url.startsWith(blocked) || blocked.startsWith(url))
      return { vector, place: sink.place, ...(isRefused ? refused('CSP') : outcome) }
    })))
  } finally {
    window.removeEventListener('securitypolicyviolation', note, { capture: true })
    stage.remove()
  }
}

function addressOf({ address, ports }: Sink, vector: Vector): string {
  const port = vector === 'preconnect' ? ports.preconnect : ports.http
  return `${vector === 'websocket' ? 'ws' : 'http'}://${address}:${port}/${vector}`
}

async function attempt(way: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await way()
  } catch (error) {
    return refused(error instanceof Error ? error.name : 'refused')
  }
}

type Way = (url: string, stage: HTMLElement, sink: Sink) => Promise<Outcome>

const ways: Record<Exclude<Vector, 'navigation'>, Way> = {
  fetch: async url => await fetch(url, { mode: 'no-cors' }).then(() => reached),
  websocket: url => asked(new WebSocket(url), 'open'),
  image: (url, stage) => {
    const image = document.createElement('img')
    const outcome = asked(image, 'load')
    image.src = url
    stage.append(image)
    return outcome
  },
  css: async (url, stage) => {
    const style = document.createElement('style')
    style.textContent = `@import url("${url}");`
    const box = document.createElement('div')
    box.style.backgroundImage = `url("${url}")`
    // What is not drawn loads no background.
    stage.hidden = false
    stage.append(style, box)
    return await nothing()
  },
  beacon: async url => (navigator.sendBeacon(url, 'self-test') ? await nothing() : refused('the browser')),
  prefetch: (url, stage) => linked(url, stage, 'prefetch'),
  preconnect: (url, stage) => linked(url, stage, 'preconnect'),
  webrtc: async (_url, _stage, { address, ports }) => {
    const call = new RTCPeerConnection({ iceServers: [{ urls: `stun:${address}:${ports.stun}` }] })
    try {
      call.createDataChannel('self-test')
      await call.setLocalDescription()
      return await nothing()
    } finally {
      call.close()
    }
  },
  form: async (url, stage) => {
    const frame = document.createElement('iframe')
    frame.name = `self-test-${crypto.randomUUID()}`
    const form = document.createElement('form')
    Object.assign(form, { method: 'post', action: url, target: frame.name })
    stage.append(frame, form)
    form.submit()
    return await nothing()
  },
  'event-source': url => asked(new EventSource(url), 'open'),
  frame: async (url, stage) => {
    const frame = document.createElement('iframe')
    frame.src = url
    stage.append(frame)
    return await nothing()
  },
}

/** No event tells whether it got through; the sink does. */
async function nothing(): Promise<Outcome> {
  await new Promise(resolve => setTimeout(resolve, 1500))
  return sent
}

async function linked(url: string, stage: HTMLElement, kind: string): Promise<Outcome> {
  const link = document.createElement('link')
  link.rel = kind
  link.href = url
  stage.append(link)
  return await nothing()
}

function asked(source: EventTarget & { close?: () => void }, success: string): Promise<Outcome> {
  return new Promise(resolve => {
    const end = (outcome: Outcome): void => {
      source.close?.()
      resolve(outcome)
    }
    source.addEventListener(success, () => end(reached))
    source.addEventListener('error', () => end(refused('the browser')))
  })
}
