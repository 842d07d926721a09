import dgram from 'node:dgram'
import dns from 'node:dns'
import { syncBuiltinESMExports } from 'node:module'
import net, { type Socket } from 'node:net'
import { addressKind } from './addresses.ts'
import { isPermitted } from './dial.ts'

/** Something in the host's own process that tried to reach the network without the door. */
export interface GuardRefusal {
  why: 'a connection' | 'a datagram' | 'a name lookup' | 'a listener' | 'a request'
  /** Host name or address; empty where it is not known. */
  target: string
  port: number | null
}

type Anything = (this: unknown, ...given: unknown[]) => unknown

const mostBuffered = 100
const refusals: GuardRefusal[] = []
let tell: ((refusal: GuardRefusal) => void) | null = null
let isInstalled = false

export function isHostGuarded(): boolean {
  return isInstalled
}

/** Hands every refusal to `listener`, first those that came before anybody listened. */
export function onGuardRefusal(listener: (refusal: GuardRefusal) => void): () => void {
  tell = listener
  for (const refusal of refusals.splice(0)) listener(refusal)
  return () => {
    if (tell === listener) tell = null
  }
}

/**
 * Refuses every connection, lookup, datagram and outside listener of this process that does not come through the door; sockets of the file system pass.
 * It stands against a dependency that turned bad and uses Node's own modules; code that brings its own machine code, a thread or a program is not held by it.
 * Returns how to take it away again, for tests; `isFinal` makes that impossible.
 */
export function installHostGuard(isFinal: boolean): () => void {
  if (isInstalled) return () => undefined
  const undo: (() => void)[] = []
  // The modules' types say what each function takes; a guard only passes it on.
  const replace = (owner: object, name: string, make: (original: Anything) => Anything): void => {
    const before = Object.getOwnPropertyDescriptor(owner, name)
    const original = (owner as Record<string, unknown>)[name]
    if (typeof original !== 'function') return
    Object.defineProperty(owner, name, { value: make(original as Anything), enumerable: before?.enumerable ?? true, writable: !isFinal, configurable: !isFinal })
    undo.push(() => {
      if (before) Object.defineProperty(owner, name, before)
      else Reflect.deleteProperty(owner, name)
    })
  }
  guardSockets(replace)
  guardDatagrams(replace)
  guardLookups(replace)
  guardGlobals(replace)
  syncBuiltinESMExports()
  isInstalled = true
  return () => {
    for (const step of undo.reverse()) step()
    syncBuiltinESMExports()
    isInstalled = false
  }
}

type Replace = (owner: object, name: string, make: (original: Anything) => Anything) => void

function guardSockets(replace: Replace): void {
  replace(net.Socket.prototype, 'connect', original => {
    return function connect(this: unknown, ...given) {
      const { path, host, port } = connectOptions(given)
      // `connect` is a method of sockets.
      const socket = this as Socket
      if (path !== null || isPermitted(socket)) return original.apply(this, given)
      return socket.destroy(refusal({ why: 'a connection', target: host, port }))
    }
  })
  replace(net.Server.prototype, 'listen', original => {
    return function listen(this: unknown, ...given) {
      const [first] = given
      const hasHandle = typeof first === 'object' && first !== null && ('fd' in first || '_handle' in first || 'handle' in first)
      const { path, host, port } = connectOptions(given, '')
      if (path !== null || hasHandle || (host !== '' && addressKind(host) === 'loopback')) return original.apply(this, given)
      throw refusal({ why: 'a listener', target: host, port })
    }
  })
}

function guardDatagrams(replace: Replace): void {
  for (const name of ['bind', 'connect', 'send', 'addMembership']) {
    replace(dgram.Socket.prototype, name, () => (...given) => {
      const target = given.findLast(one => typeof one === 'string') ?? ''
      const port = given.findLast(one => typeof one === 'number') ?? null
      throw refusal({ why: 'a datagram', target, port })
    })
  }
}

function guardLookups(replace: Replace): void {
  const isLookup = (name: string): boolean => /^(lookup|resolve|reverse)/.test(name)
  const refused = (given: unknown[]): Error => refusal({ why: 'a name lookup', target: typeof given[0] === 'string' ? given[0] : '', port: null })
  // An address needs no asking; Node itself passes that of a listener this way.
  const isAddress = (given: unknown[]): boolean => typeof given[0] === 'string' && net.isIP(given[0]) !== 0
  const withCallback = (original: Anything): Anything => function guarded(this: unknown, ...given) {
    if (isAddress(given)) return original.apply(this, given)
    const error = refused(given)
    const callback = given.at(-1)
    if (typeof callback !== 'function') throw error
    process.nextTick(callback, error)
    return undefined
  }
  const withPromise = (original: Anything): Anything => function guarded(this: unknown, ...given) {
    return isAddress(given) ? original.apply(this, given) : Promise.reject(refused(given))
  }
  for (const [owners, make] of [[[dns, dns.Resolver.prototype], withCallback], [[dns.promises, dns.promises.Resolver.prototype], withPromise]] as const) {
    for (const owner of owners) for (const name of lookupNames(owner).filter(isLookup)) replace(owner, name, make)
  }
}

/** Also those a resolver inherits. */
function lookupNames(owner: object): string[] {
  const above = Object.getPrototypeOf(owner) as object | null
  return [...Object.getOwnPropertyNames(owner), ...(above && above !== Object.prototype ? Object.getOwnPropertyNames(above) : [])]
}

function guardGlobals(replace: Replace): void {
  replace(globalThis, 'fetch', () => (...given) => Promise.reject(refusal({ why: 'a request', ...placeOf(given[0]) })))
  for (const name of ['WebSocket', 'EventSource']) {
    replace(globalThis, name, () => function refused(...given) {
      throw refusal({ why: 'a request', ...placeOf(given[0]) })
    })
  }
}

function refusal(what: GuardRefusal): Error {
  if (tell) tell(what)
  else if (refusals.length < mostBuffered) refusals.push(what)
  // As a firewall of the system would say it.
  return Object.assign(new Error(`${what.why} outside the one door to the network was refused`), { code: 'EACCES', syscall: 'connect' })
}

/** What `net` takes: options, a path, a port with or without a host, or all of that in the list that it makes of it itself. */
function connectOptions(given: unknown[], otherwise = 'localhost'): { path: string | null; host: string; port: number | null } {
  const list = Array.isArray(given[0]) ? (given[0] as unknown[]) : given
  const [first, second] = list
  if (typeof first === 'object' && first !== null) {
    const { path, host, port } = first as { path?: unknown; host?: unknown; port?: unknown }
    return { path: typeof path === 'string' ? path : null, host: typeof host === 'string' ? host : otherwise, port: portOf(port) }
  }
  if (typeof first === 'string' && portOf(first) === null) return { path: first, host: '', port: null }
  return { path: null, host: typeof second === 'string' ? second : otherwise, port: portOf(first) }
}

function portOf(value: unknown): number | null {
  if (typeof value === 'number') return value
  return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : null
}

function placeOf(given: unknown): { target: string; port: number | null } {
  const text = given instanceof Request ? given.url : String(given)
  if (!URL.canParse(text)) return { target: '', port: null }
  const { hostname, port } = new URL(text)
  return { target: hostname, port: portOf(port) }
}
