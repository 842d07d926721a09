import type { ModelRole } from '#shared/contract/models.ts'
import type { Seat } from './seat.ts'

/** People notice a suggestion that is late by a tenth of a second, an answer by a second, an index hardly. */
const ranks: Record<ModelRole, number> = { completion: 3, chat: 2, embedding: 1, rerank: 1 }

export function rankOf(roles: readonly ModelRole[]): number {
  return Math.max(0, ...roles.map(role => ranks[role]))
}

/** Those that may go for a model, the first to go first: of lower rank, or without any role as it is itself; the longest unused first. */
export function byPriority(seat: Seat, others: readonly Seat[], rolesOf: (modelId: string) => readonly ModelRole[]): Seat[] {
  const own = rankOf(rolesOf(seat.model.id))
  const ranked = others.map(other => ({ other, rank: rankOf(rolesOf(other.model.id)) }))
  return ranked
    .filter(({ rank }) => rank < own || rank === 0)
    .sort((a, b) => a.rank - b.rank || b.other.engine.idleMilliseconds - a.other.engine.idleMilliseconds)
    .map(({ other }) => other)
}
