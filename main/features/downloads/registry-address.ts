import { AppError } from '#shared/errors.ts'
import type { SecretHeader } from '../../platform/network/network-door.ts'

/** A server of models and how it is spoken to: Hugging Face, a mirror of it, or a registry that answers in the same way. */
export interface Registry {
  /** Without a slash at the end. */
  base: string
  headers: Readonly<Record<string, SecretHeader>>
}

export interface RepositoryFileName {
  repository: string
  revision: string
  path: string
}

export interface RegistrySettings {
  'models.registry': string
  'models.mirrors': string
  'models.registrySecret': string
}

export const publicRegistry = 'https://huggingface.co'

/** Whom Hugging Face sends a download on to, as its documentation lists them (huggingface/hub-docs, docs/hub/models-downloading.md, read 2026-11-27). */
export const publicFileHosts: readonly string[] = ['us.aws.cdn.hf.co', 'us.gcp.cdn.hf.co', 'cdn-lfs-us-1.hf.co', 'cdn-lfs-eu-1.hf.co', 'transfer.xethub.hf.co', 'transfer.xethub-eu.hf.co', 'cas-server.xethub.hf.co', 'cas-server.xethub-eu.hf.co']

/** The registry, then its mirrors. A token goes to the registry alone. Throws EGRESS_ADDRESS_INVALID. */
export function registriesOf({ 'models.registry': written, 'models.mirrors': mirrors, 'models.registrySecret': secret }: RegistrySettings): [Registry, ...Registry[]] {
  const registry: Registry = { base: baseOf(written.trim() === '' ? publicRegistry : written), headers: secret.trim() === '' ? {} : { authorization: { secret: secret.trim(), prefix: 'Bearer ' } } }
  const others = mirrors.split(/[\s,]+/).filter(mirror => mirror !== '').map(mirror => ({ base: baseOf(mirror), headers: {} }))
  return [registry, ...others.filter(({ base }, index) => base !== registry.base && others.findIndex(other => other.base === base) === index)]
}

export function fileAddress({ base }: Registry, { repository, revision, path }: RepositoryFileName): string {
  return `${base}/${repository}/resolve/${encodeURIComponent(revision)}/${path.split('/').map(encodeURIComponent).join('/')}`
}

/** Where the registry lists a folder of a repository with sizes and hashes. */
export function listAddress({ base }: Registry, { repository, revision, path }: RepositoryFileName): string {
  const folder = path.split('/').slice(0, -1).map(encodeURIComponent).join('/')
  return `${base}/api/models/${repository}/tree/${encodeURIComponent(revision)}${folder === '' ? '' : `/${folder}`}`
}

/** Throws EGRESS_ADDRESS_INVALID. */
export function hostOf(address: string): { host: string; port: number } {
  if (!URL.canParse(address)) throw new AppError('EGRESS_ADDRESS_INVALID', { reason: 'it is not an address of the web' })
  const { hostname, port, protocol } = new URL(address)
  return { host: hostname, port: port === '' ? (protocol === 'http:' ? 80 : 443) : Number(port) }
}

function baseOf(written: string): string {
  const invalid = (reason: string): never => {
    throw new AppError('EGRESS_ADDRESS_INVALID', { reason })
  }
  const trimmed = written.trim().replace(/\/+$/, '')
  if (!URL.canParse(trimmed)) return invalid(`the registry or mirror “${trimmed.slice(0, 80)}” is not an address of the web`)
  const { protocol, username, password, search, hash } = new URL(trimmed)
  if (protocol !== 'https:' && protocol !== 'http:') return invalid('a registry speaks http or https')
  if (username !== '' || password !== '') return invalid('a password stands in the address of the registry; keep it as a secret instead')
  if (search !== '' || hash !== '') return invalid('the address of a registry ends before a question mark')
  return trimmed
}
