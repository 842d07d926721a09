import type { IncomingMessage } from 'node:http'
import { isIP, type Socket } from 'node:net'
import { AppError } from '#shared/errors.ts'
import type { Audit } from '../audit/audit.ts'
import { recordIfPossible } from '../audit/record-if-possible.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Redactor } from '../redaction/redactor.ts'
import type { Secrets } from '../secrets/secrets.ts'
import { addressKind } from './addresses.ts'
import { decideAddress, decideHost, isLocalKind, type Decision } from './egress-policy.ts'
import type { EgressQuestions } from './egress-questions.ts'
import type { EgressRules } from './egress-rules.ts'
import { readTarget, type EgressTarget } from './egress-target.ts'
import { defaultLimits, type EgressLimits, type EgressRequest, type EgressResponse, type NetworkDoor } from './network-door.ts'
import { maskBody, secretsInHead } from './mask-body.ts'
import { OpenConnection } from './open-connection.ts'
import { readBody } from './read-body.ts'
import { nextHop, sendableHeaders, shownHeaders, type HopRequest } from './redirects.ts'
import { withSecretHeaders } from './secret-headers.ts'
import { sendRequest } from './send-request.ts'

interface Options {
  rules: EgressRules
  questions: EgressQuestions
  ledger: Ledger
  audit: Audit
  redactor: Redactor
  /** For headers that name one. */
  secrets?: Secrets
  resolve: (host: string) => Promise<string[]>
  dial: (address: string, port: number) => Socket
}

interface HopAnswer {
  response: IncomingMessage
  address: string
}

interface Asked extends EgressTarget {
  feature: string
  why: string
  mayAskForUnmasked: boolean
}

/** Every connection is asked for, checked again at its address, bounded, noted, and closed when its permission ends. */
export class GuardedDoor implements NetworkDoor {
  readonly #options: Options
  readonly #open = new Set<OpenConnection>()
  readonly #stopListening: () => void

  constructor(options: Options) {
    this.#options = options
    this.#stopListening = options.rules.onChange(() => this.#checkOpen())
  }

  async request({ url, method = 'GET', headers = {}, body, feature, why, mayAskForUnmasked = false, limits: given }: EgressRequest, signal?: AbortSignal): Promise<EgressResponse> {
    const limits = { ...defaultLimits, ...given }
    let hop: HopRequest = { ...readTarget(url), method, headers: sendableHeaders(headers), body: body ?? null }
    const started = new OpenConnection(hop.target.host, limits, signal)
    this.#open.add(started)
    started.onEnd(() => this.#open.delete(started))
    try {
      for (let redirects = 0; ; redirects++) {
        const answer = await this.#hop(hop, { ...hop.target, feature, why, mayAskForUnmasked }, started, limits, redirects === 0)
        const next = nextHop(hop, answer.response)
        if (!next) return this.#given(answer, hop, started, limits)
        answer.response.destroy()
        started.endHop()
        if (redirects >= limits.redirects) throw new AppError('EGRESS_FAILED', { host: hop.target.host, reason: `it redirects more than ${limits.redirects} times` })
        hop = next
      }
    } catch (error) {
      throw started.fail(error, hop.target.host)
    }
  }

  dispose(): void {
    this.#stopListening()
    for (const connection of this.#open) connection.stop(new AppError('EGRESS_FAILED', { host: connection.host, reason: 'Cortex ends' }))
  }

  async #hop(hop: HopRequest, asked: Asked, connection: OpenConnection, limits: EgressLimits, isFirst: boolean): Promise<HopAnswer> {
    const decision = await this.#permission(asked, connection)
    connection.throwIfStopped()
    const addresses = asked.address === null ? await this.#resolve(asked, decision, connection) : [asked.address]
    // While the name was looked up, what allowed it may have been taken back.
    this.#throwUnlessStillAllowed(asked, decision)
    // All of them: a name with one good and one bad address is a trap.
    const final = addresses.map(address => ({ address, decision: decideAddress(this.#options.rules.policy(), asked, address, decision.grant) }))
    const refused = final.find(one => one.decision.verdict !== 'allow')
    if (refused) throw this.#refuse(asked, refused.decision.rule, refused.address)
    const [address = ''] = addresses
    const body = await this.#masked(hop, addresses, asked, connection, isFirst)
    // While the person thought, what allowed it may have been taken back.
    connection.throwIfStopped()
    this.#throwUnlessStillAllowed(asked, decision)
    const last = decideAddress(this.#options.rules.policy(), asked, address, decision.grant)
    if (last.verdict !== 'allow') throw this.#refuse(asked, last.rule, address)
    // Recorded first: nothing is sent that is not.
    this.#options.audit.recordFirst({ kind: 'egress.connect', actor: asked.feature, outcome: 'allowed', subject: asked.host, details: { address, port: asked.port, rule: decision.rule } })
    const { ledger } = this.#options
    const id = ledger.note({ kind: 'connection', who: asked.feature, why: asked.why, target: asked.host, address, port: asked.port, decision: 'allowed', rule: decision.rule })
    connection.beginHop({ asked, isOnce: decision.grant === null, count: counts => ledger.update(id, counts) })
    const socket = await this.#connected(addresses, asked, connection, limits)
    const sent = withSecretHeaders(hop.headers, { secrets: this.#options.secrets, asked, address: socket.remoteAddress ?? '' }, headers => sendRequest({ ...hop, body, headers, headerBytes: limits.headerBytes, socket }))
    const response = await connection.unlessStopped(sent)
    return { response, address: socket.remoteAddress ?? address }
  }

  async #permission(asked: Asked, connection: OpenConnection): Promise<Decision> {
    const { rules, questions } = this.#options
    const decision = decideHost(rules.policy(), asked)
    if (decision.verdict === 'refuse') throw this.#refuse(asked, decision.rule)
    if (decision.verdict === 'allow') return decision
    const isLocal = asked.address !== null && isLocalKind(addressKind(asked.address))
    const answer = await connection.whilePersonDecides(signal => questions.ask({ feature: asked.feature, why: asked.why, host: asked.host, port: asked.port, isLocal }, signal))
    if (answer === 'refuse') throw this.#refuse(asked, 'not allowed when asked')
    // The mode may have changed while the person thought.
    const now = decideHost(rules.policy(), asked)
    if (now.verdict === 'refuse') throw this.#refuse(asked, now.rule)
    return now.verdict === 'allow' ? now : { verdict: 'allow', rule: 'allowed once by you', grant: null }
  }

  #throwUnlessStillAllowed(asked: Asked, { grant }: Decision): void {
    const now = decideHost(this.#options.rules.policy(), asked)
    if (now.verdict === 'refuse' || (now.verdict === 'ask' && grant !== null)) throw this.#refuse(asked, now.verdict === 'ask' ? 'its grant ended' : now.rule)
  }

  async #masked({ url, body, headers }: HopRequest, addresses: readonly string[], asked: Asked, connection: OpenConnection, isFirst: boolean): Promise<Uint8Array | null> {
    const { redactor, audit, questions } = this.#options
    const { feature, why, host, port, address, mayAskForUnmasked } = asked
    const isLocal = address !== null && isLocalKind(addressKind(address))
    const ask = async (unmasked: Readonly<Record<string, number>>): Promise<boolean> =>
      (await connection.whilePersonDecides(signal => questions.ask({ feature, why, host, port, isLocal, unmasked }, signal))) !== 'refuse'
    const means = { redactor, audit, askPerson: mayAskForUnmasked ? ask : null }
    // Where a redirect leads is what a server wrote, not what is known here.
    const secrets = isFirst ? await secretsInHead({ url, headers, host, addresses, feature }, means) : null
    if (secrets !== null) throw this.#refuse(asked, secrets)
    const contentType = headers['content-type']
    return await maskBody({ body, contentType: typeof contentType === 'string' ? contentType : '', host, addresses, feature }, means)
  }

  async #resolve(asked: Asked, decision: Decision, connection: OpenConnection): Promise<string[]> {
    const failed = (): void => {
      this.#options.ledger.note({ kind: 'connection', who: asked.feature, why: asked.why, target: asked.host, port: asked.port, decision: 'allowed', rule: `${decision.rule}; its name was not found` })
    }
    const addresses = await connection.unlessStopped(this.#options.resolve(asked.host)).catch((error: unknown) => {
      failed()
      throw error
    })
    const found = addresses.filter(address => isIP(address) !== 0)
    if (found.length > 0 && found.length === addresses.length) return found
    failed()
    throw new AppError('EGRESS_FAILED', { host: asked.host, reason: 'its name leads to no address' })
  }

  /** The first address that answers; each was checked, and the socket goes nowhere else. */
  async #connected(addresses: readonly string[], asked: Asked, connection: OpenConnection, limits: EgressLimits): Promise<Socket> {
    let failure: unknown
    for (const address of addresses) {
      const socket = this.#options.dial(address, asked.port)
      connection.use(socket, limits.idleMilliseconds)
      try {
        await connection.connected(socket)
        return socket
      } catch (error) {
        failure = error
        socket.destroy()
        connection.throwIfStopped()
      }
    }
    throw failure
  }

  #given({ response, address }: HopAnswer, { url, target }: HopRequest, connection: OpenConnection, limits: EgressLimits): EgressResponse {
    response.on('error', () => undefined)
    response.once('close', () => connection.end())
    async function* body(): AsyncGenerator<Uint8Array, void, void> {
      try {
        yield* readBody(response, target.host, limits.bodyBytes)
      } catch (error) {
        throw connection.fail(error, target.host)
      } finally {
        connection.end()
      }
    }
    return {
      status: response.statusCode ?? 0,
      headers: shownHeaders(response),
      url: url.href,
      address,
      body: body(),
      discard: () => {
        response.destroy()
        connection.end()
      },
    }
  }

  #refuse({ feature, why, host, port }: Asked, rule: string, address?: string): AppError<'EGRESS_REFUSED'> {
    const { ledger, audit } = this.#options
    ledger.note({ kind: 'connection', who: feature, why, target: host, ...(address === undefined ? {} : { address }), port, decision: 'refused', rule })
    recordIfPossible(audit, { kind: 'egress.refuse', actor: feature, outcome: 'refused', subject: host, details: { port, rule } })
    return new AppError('EGRESS_REFUSED', { host, port, rule })
  }

  /** Closes what would not be allowed any more. */
  #checkOpen(): void {
    const policy = this.#options.rules.policy()
    for (const connection of this.#open) {
      const { current } = connection
      if (!current) continue
      const decision = decideHost(policy, current.asked)
      if (decision.verdict === 'allow' || (decision.verdict === 'ask' && current.isOnce)) continue
      connection.stop(new AppError('EGRESS_REFUSED', { host: current.asked.host, port: current.asked.port, rule: decision.verdict === 'ask' ? 'its grant ended' : decision.rule }))
    }
  }
}
