import type { EgressState } from '#shared/contract/egress.ts'
import { client } from '../../rpc/client.ts'
import { neededMode, placeOf } from './download-words.ts'
import { useModelsView } from './models-view-store.ts'

/** Lets the feature of models connect to these hosts, and changes the mode where it would not let them through. `minutes` null: until it is revoked. */
export async function allowHosts(hosts: readonly { host: string; port: number }[], minutes: number | null, { mode }: EgressState): Promise<void> {
  for (const { host, port } of hosts) await client.egress.grant({ feature: 'models', host, isLocal: placeOf(host) !== 'internet', ...(port === 80 || port === 443 ? {} : { port }), ...(minutes === null ? {} : { minutes }) })
  const next = neededMode(mode, hosts.map(({ host }) => host))
  if (next === mode) return
  await client.egress.setMode({ mode: next })
  if (mode === 'offline') useModelsView.setState({ hasLeftOffline: true })
}
