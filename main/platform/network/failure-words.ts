import { errnoOf } from '../files/file-errors.ts'

const words: Record<string, string> = {
  ECONNREFUSED: 'nothing listens at that port',
  ECONNRESET: 'the connection was cut off',
  EPIPE: 'the connection was cut off',
  ENETUNREACH: 'there is no way to that network',
  EHOSTUNREACH: 'there is no way to that machine',
  EADDRNOTAVAIL: 'there is no way to that machine',
  ETIMEDOUT: 'the machine does not answer',
  ENOTFOUND: 'its name is not known',
  EAI_AGAIN: 'its name could not be looked up',
  HPE_HEADER_OVERFLOW: 'the headers of its answer are too long',
  ERR_STREAM_PREMATURE_CLOSE: 'the connection ended early',
  Z_DATA_ERROR: 'its answer is packed wrongly',
  Z_BUF_ERROR: 'its answer ended early',
  ERR_INVALID_CHAR: 'a header holds a character that cannot be sent',
  EPROTO: 'it does not speak TLS there',
}

/** Why a connection that was allowed failed, as the end of a sentence. Nothing of what was sent. */
export function failureReason(error: unknown): string {
  const code = errnoOf(error) ?? ''
  if (words[code] !== undefined) return words[code]
  if (/^(CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|ERR_TLS_CERT)/.test(code)) return `its certificate is not trusted (${code})`
  if (code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS')) return 'it does not speak TLS there'
  if (code.startsWith('HPE_')) return 'it does not speak HTTP there'
  return code === '' ? 'the connection ended early' : `the system reports ${code}`
}
