import { AppError } from '#shared/errors.ts'
import type { Secrets } from '../secrets/secrets.ts'
import { addressKind } from './addresses.ts'
import type { EgressTarget } from './egress-target.ts'
import type { SecretHeader } from './network-door.ts'

interface Purpose {
  secrets: Secrets | undefined
  asked: EgressTarget & { feature: string; why: string }
  /** Where the connection goes. */
  address: string
}

/** Runs `work` with each header that names a secret in words; the values live as long as it does. Throws EGRESS_FAILED where they would go unencrypted. */
export async function withSecretHeaders<T>(headers: Readonly<Record<string, string | SecretHeader>>, purpose: Purpose, work: (headers: Record<string, string>) => Promise<T>): Promise<T> {
  const plain = Object.fromEntries(Object.entries(headers).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
  const named = Object.entries(headers).filter((entry): entry is [string, SecretHeader] => typeof entry[1] !== 'string')
  return await fill(plain, named, purpose, work)
}

async function fill<T>(headers: Record<string, string>, [next, ...rest]: readonly [string, SecretHeader][], purpose: Purpose, work: (headers: Record<string, string>) => Promise<T>): Promise<T> {
  if (!next) return await work(headers)
  const { secrets, asked, address } = purpose
  const [name, { secret, prefix = '' }] = next
  if (!secrets) throw new AppError('SECRET_NOT_FOUND', { name: secret })
  if (asked.scheme !== 'https' && addressKind(address) !== 'loopback') throw new AppError('EGRESS_FAILED', { host: asked.host, reason: 'a secret is sent over TLS only' })
  return await secrets.use(secret, { actor: asked.feature, why: `header ${name} for ${asked.host}: ${asked.why}` }, async value => await fill({ ...headers, [name]: prefix + value.toString('utf8') }, rest, purpose, work))
}
