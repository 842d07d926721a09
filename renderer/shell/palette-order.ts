import fuzzysort from 'fuzzysort'
import type { Command } from './feature.ts'

export interface OrderedCommand {
  command: Command
  /** Indexes into the title of the characters that matched. */
  matches: readonly number[]
  isRecent: boolean
}

const recentBonus = 0.15

/** Without a query: recently used first, then by category and title. With one: best match first, what was used lately a little higher. */
export function orderCommands(commands: Iterable<Command>, recent: readonly string[], query: string): OrderedCommand[] {
  const shown = [...commands].filter(command => command.isInPalette !== false)
  const place = new Map(recent.map((id, index) => [id, index]))
  const words = query.trim()
  if (words === '') {
    return shown
      .toSorted((one, other) => (place.get(one.id) ?? Infinity) - (place.get(other.id) ?? Infinity) || 0 || byWords(one, other))
      .map(command => ({ command, matches: [], isRecent: place.has(command.id) }))
  }
  const results = fuzzysort.go(words, shown, { keys: [command => command.title, command => `${command.category} ${command.title}`], threshold: 0.2 })
  return results
    .map(result => ({ command: result.obj, matches: [...(result[0]?.indexes ?? [])], score: result.score + (place.has(result.obj.id) ? recentBonus : 0) }))
    .toSorted((one, other) => other.score - one.score)
    .map(({ command, matches }) => ({ command, matches, isRecent: place.has(command.id) }))
}

function byWords(one: Command, other: Command): number {
  return one.category.localeCompare(other.category) || one.title.localeCompare(other.title)
}
