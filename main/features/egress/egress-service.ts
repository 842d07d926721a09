import type { EgressAnswer, EgressCheck, EgressGrant, EgressMode, EgressState } from '#shared/contract/egress.ts'
import type { Ledger } from '../../platform/ledger/ledger.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import { liveStream, newest } from '../../platform/live/live-stream.ts'
import { decideHost } from '../../platform/network/egress-policy.ts'
import type { EgressQuestions } from '../../platform/network/egress-questions.ts'
import type { EgressRules, GrantRequest } from '../../platform/network/egress-rules.ts'
import { readTarget } from '../../platform/network/egress-target.ts'
import type { NetworkDoor } from '../../platform/network/network-door.ts'

interface Dependencies {
  rules: EgressRules
  questions: EgressQuestions
  door: NetworkDoor
  ledger: Ledger
  clock: Clock
  isHostGuarded: () => boolean
}

const hourMinutes = 60
const verdicts = { allow: 'allowed', refuse: 'refused', ask: 'asked' } as const
const reportsPerMinute = 20
const minuteMilliseconds = 60_000
const tryLimits = { totalMilliseconds: 60_000 }

/** The mode of the network, the grants, and the questions to the person. */
export class EgressService {
  readonly #dependencies: Dependencies
  #reports = { since: -Infinity, count: 0 }

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
  }

  state(): EgressState {
    const { rules, questions, isHostGuarded } = this.#dependencies
    return { type: 'snapshot', mode: rules.mode, isLocked: rules.isLocked, isHostGuarded: isHostGuarded(), grants: rules.grants(), questions: questions.pending() }
  }

  watch(signal?: AbortSignal): AsyncGenerator<EgressState, void, void> {
    const { rules, questions } = this.#dependencies
    return liveStream<EgressState>(
      push => {
        const tell = (): void => push(this.state())
        tell()
        const stops = [rules.onChange(tell), questions.onChange(tell)]
        return () => stops.forEach(stop => stop())
      },
      { signal, limit: 1, collapse: newest },
    )
  }

  /** Questions that wait are refused: they were asked under another mode. */
  setMode(mode: EgressMode): void {
    const { rules, questions } = this.#dependencies
    rules.setMode(mode)
    questions.refuseAll()
  }

  grant(request: GrantRequest): EgressGrant {
    return this.#dependencies.rules.grant(request)
  }

  revoke(id: string): void {
    this.#dependencies.rules.revoke(id)
  }

  answer(id: string, answer: EgressAnswer): void {
    const { rules, questions } = this.#dependencies
    const { feature, host, port, isLocal, unmasked } = questions.find(id)
    // Granted first: where that cannot be kept, the question waits on.
    if (!unmasked && (answer === 'hour' || answer === 'always')) rules.grant({ feature, host, port, isLocal, minutes: answer === 'hour' ? hourMinutes : null })
    questions.answer(id, answer)
  }

  check(url: string, feature: string): EgressCheck {
    const { target } = readTarget(url)
    const { verdict, rule } = decideHost(this.#dependencies.rules.policy(), { ...target, feature })
    return { host: target.host, port: target.port, decision: verdicts[verdict], rule: verdict === 'ask' ? 'you are asked first' : rule }
  }

  async try(url: string, signal?: AbortSignal): Promise<{ status: number; bytes: number; url: string; address: string }> {
    const response = await this.#dependencies.door.request({ url, feature: 'try', why: 'a try by you', limits: tryLimits }, signal)
    let bytes = 0
    for await (const chunk of response.body) bytes += chunk.length
    return { status: response.status, bytes, url: response.url, address: response.address }
  }

  /** What the page's policy refused; more than 20 a minute are left out, since a page could say anything. */
  report({ directive, host, port }: { directive: string; host: string; port: number }): void {
    const { clock, ledger } = this.#dependencies
    const now = clock.monotonic()
    if (now - this.#reports.since > minuteMilliseconds) this.#reports = { since: now, count: 0 }
    if (++this.#reports.count > reportsPerMinute) return
    const why = wanted[directive] ?? 'something to load'
    ledger.note({ kind: 'connection', who: 'page', why, target: host, ...(port === 0 ? {} : { port }), decision: 'refused', rule: `the page's policy (${directive})` })
  }
}

const wanted: Readonly<Record<string, string>> = {
  'img-src': 'an image',
  'connect-src': 'a request',
  'script-src-elem': 'a script',
  'style-src-elem': 'a style sheet',
  'font-src': 'a font',
  'media-src': 'a sound or film',
  'frame-src': 'a frame',
  'form-action': 'a form',
  'worker-src': 'a worker',
  'prefetch-src': 'a prefetch',
}
