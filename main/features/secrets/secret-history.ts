import type { SecretHistoryEntry } from '#shared/contract/secrets.ts'
import type { AuditFacts } from '../../platform/audit/audit-entry.ts'

const actions: Record<string, SecretHistoryEntry['action']> = { 'secret.add': 'added', 'secret.rotate': 'rotated', 'secret.expire': 'expiry set', 'secret.use': 'used', 'secret.delete': 'deleted' }

/** The entries about the secret of that name, in the order given. */
export function secretHistory(entries: readonly AuditFacts[], name: string): SecretHistoryEntry[] {
  return entries.flatMap(({ at, kind, actor, outcome, subject, details }) => {
    const action = actions[kind]
    return action === undefined || subject !== name ? [] : [{ at: new Date(at), action, actor, outcome: outcomeOf(outcome), detail: detailOf(details) }]
  })
}

function outcomeOf(outcome: string): SecretHistoryEntry['outcome'] {
  return outcome === 'allowed' || outcome === 'refused' || outcome === 'failed' ? outcome : 'done'
}

function detailOf(json: string | null): string {
  // Written by `VaultSecrets`; an older version may have told other details.
  const { why, reason, expires, version } = (json === null ? {} : JSON.parse(json)) as Record<string, unknown>
  if (typeof why === 'string') return typeof reason === 'string' ? `${why} (${reason})` : why
  if (typeof expires === 'string') return expires === 'never' ? 'never ends' : `ends ${expires.slice(0, 10)}`
  return typeof version === 'number' ? `value ${version}` : ''
}
