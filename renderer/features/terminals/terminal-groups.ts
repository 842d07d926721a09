/** Terminals side by side; a lone terminal is a group of one. */
export type Groups = readonly (readonly string[])[]

/** The kept groups, made to fit the terminals that stand: gone ones out, unknown ones as groups of their own at the end. */
export function fitGroups(kept: unknown, ids: readonly string[]): Groups {
  const seen = new Set<string>()
  const groups: string[][] = []
  for (const group of Array.isArray(kept) ? kept : []) {
    const members = (Array.isArray(group) ? group : []).filter((id): id is string => typeof id === 'string' && ids.includes(id) && !seen.has(id))
    const own = [...new Set(members)]
    for (const id of own) seen.add(id)
    if (own.length > 0) groups.push(own)
  }
  for (const id of ids) if (!seen.has(id)) groups.push([id])
  return groups
}

export function groupOf(groups: Groups, id: string | null): readonly string[] {
  return groups.find(group => id !== null && group.includes(id)) ?? []
}

/** `id` stands right of `beside`, in its group. */
export function splitGroup(groups: Groups, beside: string, id: string): Groups {
  return groups
    .map(group => group.filter(other => other !== id))
    .filter(group => group.length > 0)
    .map(group => (group.includes(beside) ? group.flatMap(other => (other === beside ? [other, id] : [other])) : group))
}

/** `next` takes the place of `id`, as after a restart. */
export function replaceInGroups(groups: Groups, id: string, next: string): Groups {
  return groups.map(group => group.filter(other => other !== next).map(other => (other === id ? next : other))).filter(group => group.length > 0)
}

/** The terminal that comes to the front when `id` goes: its neighbour in the group, else in the row. */
export function neighbourOf(groups: Groups, id: string): string | null {
  const group = groupOf(groups, id)
  const inGroup = group[group.indexOf(id) - 1] ?? group[group.indexOf(id) + 1]
  if (inGroup !== undefined) return inGroup
  const all = groups.flat()
  const at = all.indexOf(id)
  return all[at + 1] ?? all[at - 1] ?? null
}
