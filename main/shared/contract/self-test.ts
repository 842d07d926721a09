import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { may } from '../errors.ts'

/** Ways out that are tried: those of a program, then those of a page. */
export const programVectors = ['dns', 'tcp', 'udp', 'tls', 'http', 'websocket', 'child-process'] as const
export const pageVectors = ['fetch', 'websocket', 'image', 'css', 'beacon', 'prefetch', 'preconnect', 'webrtc', 'form', 'event-source', 'frame', 'navigation'] as const
export const Vector = z.enum([...programVectors, ...pageVectors])
export type Vector = z.infer<typeof Vector>

/** Where a sink listened: on this machine's loopback, or at the address of a network interface. */
export const Place = z.enum(['loopback', 'interface'])
export type Place = z.infer<typeof Place>

export const SelfTestProcess = z.enum(['inference', 'keeper', 'keychain', 'host', 'page', 'terminal'])
export type SelfTestProcess = z.infer<typeof SelfTestProcess>

/** The name that a self-test looks up: there is none such. */
export const selfTestName = 'self-test.invalid'
/** An address of the block for documentation, asked for its name. */
export const selfTestAddress = '192.0.2.1'

/** What a process says of one attempt; what the sink saw is judged beside it. */
export const Finding = z.object({
  vector: Vector,
  place: Place,
  /** `reached`: it had an answer or a connection. `sent`: it left without a complaint. */
  outcome: z.enum(['reached', 'sent', 'refused']),
  /** What refused: an error code of the system, `CSP`; empty where nothing did. */
  by: z.string().max(200),
})
export type Finding = z.infer<typeof Finding>

export const SelfTestRow = z.object({
  process: SelfTestProcess,
  vector: Vector,
  place: Place,
  /** What this kind of process is meant to be able to do. */
  expected: z.enum(['blocked', 'open']),
  found: z.enum(['blocked', 'open', 'not-run']),
  /** What blocked it, or why it was not run. */
  by: z.string(),
  verdict: z.enum(['as-expected', 'weaker', 'not-run']),
})
export type SelfTestRow = z.infer<typeof SelfTestRow>

export const SelfTestResult = z.object({
  /** ISO 8601, UTC. */
  at: z.string(),
  version: z.string(),
  platform: z.string(),
  hostKind: z.enum(['electron', 'node']),
  isEnforcementOff: z.boolean(),
  rows: z.array(SelfTestRow),
})
export type SelfTestResult = z.infer<typeof SelfTestResult>

/** Of the ways that ought to be blocked and were tried, how many are. */
export const SelfTestSummary = z.object({ blocked: z.number().int(), total: z.number().int(), weaker: z.number().int(), notRun: z.number().int() })
export type SelfTestSummary = z.infer<typeof SelfTestSummary>

export const SinkPorts = z.object({ tcp: z.number(), tls: z.number(), http: z.number(), preconnect: z.number(), udp: z.number(), dns: z.number(), stun: z.number() })
export const Sink = z.object({ place: Place, address: z.string(), ports: SinkPorts })
export type Sink = z.infer<typeof Sink>

export const SelfTestEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('progress'), done: z.number().int(), total: z.number().int() }),
  /** It is the page's turn: it tries, and answers with `answer`. */
  z.object({ type: z.literal('page-turn'), runId: z.string(), sinks: z.array(Sink) }),
  z.object({ type: z.literal('end'), result: SelfTestResult, summary: SelfTestSummary }),
])
export type SelfTestEvent = z.infer<typeof SelfTestEvent>

/** Pages of this host that try their own ways out when a test from elsewhere asks for it. */
export const SelfTestAttendance = z.discriminatedUnion('type', [
  z.object({ type: z.literal('attending') }),
  z.object({ type: z.literal('page-turn'), runId: z.string(), sinks: z.array(Sink) }),
])
export type SelfTestAttendance = z.infer<typeof SelfTestAttendance>

export const SelfTestState = z.object({
  type: z.literal('snapshot'),
  result: SelfTestResult.nullable(),
  summary: SelfTestSummary.nullable(),
  isRunning: z.boolean(),
  /** Pages that attend. */
  pages: z.number().int(),
})
export type SelfTestState = z.infer<typeof SelfTestState>

export const selfTest = {
  watch: oc.route({ method: 'GET', summary: 'The last result of the egress self-test, and whether one runs.' }).output(eventIterator(SelfTestState)),
  run: oc
    .route({ method: 'POST', summary: 'Really try every way out of every kind of process, against sinks that are opened for it on this machine. With `isPage` the caller is a page and tries its own; else a page that attends is asked.' })
    .input(z.object({ isPage: z.boolean() }))
    .output(eventIterator(SelfTestEvent))
    .errors(may('SELF_TEST_BUSY', 'WORKER_CRASHED', 'WORKER_UNAVAILABLE')),
  attend: oc.route({ method: 'POST', summary: 'For a page: it is asked here for its own attempts when a test runs that it did not start, and answers with `answer`.' }).output(eventIterator(SelfTestAttendance)),
  answer: oc.route({ method: 'POST', summary: "What the page found in its turn." }).input(z.object({ runId: z.string(), findings: z.array(Finding).max(200) })).output(z.void()),
  save: oc
    .route({ method: 'POST', summary: "Write the signed report to a new file, by absolute path or one that begins with `~/`; answers with the path and the fingerprint of the profile's key." })
    .input(z.object({ path: z.string().min(1).max(4096) }))
    .output(z.object({ path: z.string(), fingerprint: z.string() }))
    .errors(may('SELF_TEST_MISSING', 'STORAGE_LOCKED', 'FILE_EXISTS', 'FILE_NOT_FOUND', 'FILE_NOT_WRITABLE', 'FILE_NAME_INVALID', 'DISK_FULL')),
  report: oc
    .route({ method: 'GET', summary: "The last result as a file, signed with the profile's Ed25519 key; `cortex verify-report` checks it on any machine." })
    .output(z.object({ text: z.string(), fingerprint: z.string() }))
    .errors(may('SELF_TEST_MISSING', 'STORAGE_LOCKED')),
}
