export interface EgressLimits {
  /** Of the answer's body, after it was decompressed. */
  bodyBytes: number
  headerBytes: number
  /** Nothing moved for this long. */
  idleMilliseconds: number
  /** From the permission to the last byte, over all redirects; the time a person takes to answer a question is apart. */
  totalMilliseconds: number
  redirects: number
}

export const defaultLimits: EgressLimits = { bodyBytes: 64 * 1024 * 1024, headerBytes: 16 * 1024, idleMilliseconds: 30_000, totalMilliseconds: 300_000, redirects: 5 }

/** A stored secret by its name, such as `{ secret: 'registry.token', prefix: 'Bearer ' }`: read when the request is sent, over TLS or to this machine only. */
export interface SecretHeader {
  secret: string
  prefix?: string
}

export interface EgressRequest {
  url: string
  method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Without cookies and what the connection itself sets; those are left out. Sent to another origin after a redirect: none but harmless ones. */
  headers?: Readonly<Record<string, string | SecretHeader>>
  /** Text for another machine is masked before it leaves, and what kinds of it is recorded. */
  body?: Uint8Array
  /** Where something would be masked, the person is asked whether this one request may go as it is. Nobody else can answer. */
  mayAskForUnmasked?: boolean
  /** Which feature asks: grants are given to it by this name. */
  feature: string
  /** What for, in a few words a person understands. */
  why: string
  limits?: Partial<EgressLimits>
}

export interface EgressResponse {
  status: number
  /** Names in lower case; no cookies. */
  headers: Readonly<Record<string, string>>
  /** Where the answer came from, after redirects. */
  url: string
  address: string
  /** Reads once. Throws EGRESS_TOO_LARGE, EGRESS_TIMED_OUT, EGRESS_FAILED, and EGRESS_REFUSED when the permission ends meanwhile. */
  body: AsyncIterable<Uint8Array>
  /** Frees the connection of a body that is not read to its end. */
  discard(): void
}

/** The one way to another machine. */
export interface NetworkDoor {
  /** Throws EGRESS_ADDRESS_INVALID, EGRESS_REFUSED, EGRESS_FAILED, EGRESS_TIMED_OUT, EGRESS_TOO_LARGE, REDACTION_TOO_LARGE, what `Secrets.use` throws, and the signal's reason. */
  request(request: EgressRequest, signal?: AbortSignal): Promise<EgressResponse>
}
