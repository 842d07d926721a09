import dgram from 'node:dgram'
import dns from 'node:dns'
import { syncBuiltinESMExports } from 'node:module'
import net, { type Socket } from 'node:net'
import { addressKind } from './addresses.ts'
import { isPermitted } from './dial.ts'
// For its effect: it takes the lookup that the door needs before this guard closes it.
import './system-resolver.ts'

/** Something in the host's own process that tried to reach the network without the door. */
export interface GuardRefusal {
  why: 'a connection' | 'a datagram' | 'a name lookup' | 'a listener' | 'a request'
  /** Host name or address; empty where it is not known. */
  target: string
  port: number | null
}

type Anything = (this: unknown, ...given: unknown[]) => unknown

const mostBuffered = 100
// Taken before a dependency could put another in its place.
const call = Reflect.apply
const { isIP } = net
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
  guardInternals(replace)
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
      // `connect` is a method of sockets.
      const socket = this as Socket
      if (isPermitted(socket)) return call(original, this, given)
      const { options, callbacks } = readCall(isNormalized(given[0]) ? given[0] : given)
      const path = localPath(options)
      // Never what was given, which could say another thing when it is read again.
      if (path !== null) return call(original, this, [{ ...options, path }, ...callbacks])
      return socket.destroy(refusal({ why: 'a connection', target: textOf(options['host'], 'localhost'), port: portOf(options['port']) }))
    }
  })
  replace(net.Server.prototype, 'listen', original => {
    return function listen(this: unknown, ...given) {
      const { options, callbacks } = readCall(given)
      const host = textOf(options['host'], '')
      const hasHandle = ['fd', '_handle', 'handle'].some(name => name in options)
      const isNear = 'port' in options ? addressKind(host) === 'loopback' : localPath(options) !== null
      if (isNear && !hasHandle) return call(original, this, [options, ...callbacks])
      throw refusal({ why: 'a listener', target: host, port: portOf(options['port']) })
    }
  })
  // What `listen` comes to; the old name of it is open to everybody.
  replace(net.Server.prototype, '_listen2', original => {
    return function listen(this: unknown, ...given) {
      const [address, port, type, , descriptor] = given
      const isNear = type === -1 ? localPath({ path: address }) !== null : addressKind(textOf(address, '')) === 'loopback'
      if (isNear && (descriptor === undefined || descriptor === null)) return call(original, this, given)
      throw refusal({ why: 'a listener', target: textOf(address, ''), port: portOf(port) })
    }
  })
  for (const [owner, why] of [[net, 'a listener'], [dgram, 'a datagram']] as const) {
    for (const name of ['_createServerHandle', '_createSocketHandle']) {
      replace(owner, name, () => (...given) => {
        throw refusal({ why, target: textOf(given[0], ''), port: portOf(given[1]) })
      })
    }
  }
}

/** Ways below the modules: what they are made of, and the debugger's own listener. */
function guardInternals(replace: Replace): void {
  replace(process, 'binding', original => {
    return function binding(this: unknown, ...given) {
      if (!['tcp_wrap', 'udp_wrap', 'cares_wrap'].includes(String(given[0]))) return call(original, this, [String(given[0])])
      throw refusal({ why: 'a connection', target: '', port: null })
    }
  })
  if (!process.features.inspector) return
  replace(process.getBuiltinModule('node:inspector'), 'open', () => (...given) => {
    throw refusal({ why: 'a listener', target: textOf(given[1], '127.0.0.1'), port: portOf(given[0]) })
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
  // To look up an address asks nobody, and Node itself passes that of a listener this way. Every other question about one goes to a server.
  const isAddress = (name: string, given: unknown[]): boolean => name === 'lookup' && typeof given[0] === 'string' && isIP(given[0]) !== 0
  const withCallback = (name: string) => (original: Anything): Anything => function guarded(this: unknown, ...given) {
    if (isAddress(name, given)) return call(original, this, given)
    const error = refused(given)
    const callback = given.at(-1)
    if (typeof callback !== 'function') throw error
    process.nextTick(callback, error)
    return undefined
  }
  const withPromise = (name: string) => (original: Anything): Anything => function guarded(this: unknown, ...given) {
    return isAddress(name, given) ? call(original, this, given) : Promise.reject(refused(given))
  }
  for (const [owners, make] of [[[dns, dns.Resolver.prototype], withCallback], [[dns.promises, dns.promises.Resolver.prototype], withPromise]] as const) {
    for (const owner of owners) for (const name of lookupNames(owner).filter(isLookup)) replace(owner, name, make(name))
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

/** The arguments as `net` reads them: options, the path of a socket, or a port with or without a host; then perhaps whom to call. */
function readCall(list: readonly unknown[]): { options: Record<string, unknown>; callbacks: unknown[] } {
  const [first, second] = list
  const callbacks = list.filter(one => typeof one === 'function').slice(-1)
  if (typeof first === 'object' && first !== null) return { options: { ...first }, callbacks }
  if (typeof first === 'string' && portOf(first) === null) return { options: { path: first }, callbacks }
  return { options: { port: first, ...(typeof second === 'string' ? { host: second } : {}) }, callbacks }
}

/** The list that `net` makes of arguments itself bears a mark; any other list is read as if it were options. */
function isNormalized(given: unknown): given is unknown[] {
  return Array.isArray(given) && Object.getOwnPropertySymbols(given).length > 0
}

/** The place of a socket of this machine's file system; null where `net` would connect elsewhere, as it does for an empty path. */
function localPath({ path }: Record<string, unknown>): string | null {
  if (typeof path !== 'string' || path === '' || portOf(path) !== null) return null
  // A pipe may be one of another machine there.
  return process.platform !== 'win32' || /^[\\/]{2}[.?][\\/]pipe[\\/]/i.test(path) ? path : null
}

/** A string is a port to `net` wherever it is a number in any spelling. */
function portOf(value: unknown): number | null {
  const port = typeof value === 'number' || typeof value === 'string' ? Number(value) : NaN
  return port >= 0 ? port : null
}

function textOf(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise
}

function placeOf(given: unknown): { target: string; port: number | null } {
  const text = given instanceof Request ? given.url : String(given)
  if (!URL.canParse(text)) return { target: '', port: null }
  const { hostname, port } = new URL(text)
  return { target: hostname, port: portOf(port) }
}
