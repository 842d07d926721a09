import type { DownloadPlan } from '#shared/contract/downloads.ts'
import type { EgressCheck } from '#shared/contract/egress.ts'
import { feature } from './fetch-file.ts'
import type { ReadTarget } from './read-target.ts'
import { publicFileHosts, publicRegistry, type Registry } from './registry-address.ts'

interface Surroundings {
  policy: { check(url: string, feature: string): EgressCheck }
  folder: string
  registries: readonly [Registry, ...Registry[]]
  freeDiskBytes: number | null
}

/** What a download would do, without connecting. */
export function describePlan({ name, repository, files, licence }: ReadTarget, { policy, folder, registries, freeDiskBytes }: Surroundings): DownloadPlan {
  const urls = repository === null ? [files[0]?.url ?? ''] : [...registries.map(({ base }) => base), ...(registries[0].base === publicRegistry ? publicFileHosts.map(host => `https://${host}/`) : [])]
  const sizes = files.map(({ sizeBytes }) => sizeBytes)
  const hosts = urls.map(url => policy.check(url, feature))
  return {
    ...{ name, folder, licence, freeDiskBytes },
    sizeBytes: sizes.every(size => size !== null) ? sizes.reduce((sum, size) => sum + size, 0) : null,
    hosts: hosts.map(({ host, port, decision, rule }) => ({ host, port, decision, rule })),
    hashSource: files[0]?.hashSource ?? null,
    tells: `${hosts[0]?.host ?? 'The server'} and whoever it sends on to learn your address on the network and which file you get, nothing else.`,
  }
}
