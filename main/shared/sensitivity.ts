import { z } from 'zod'

/** How sensitive a text is, from least to most; what is made from several texts is as sensitive as the most sensitive of them. */
export const Label = z.enum(['public', 'internal', 'secret'])
export type Label = z.infer<typeof Label>

/** Where a context goes: to a model on this machine, or over the network. */
export type Destination = 'local' | 'remote'

/** The most sensitive of some labels; of none it is `public`. Whatever is no label counts as `secret`. */
export function highest(labels: Iterable<Label>): Label {
  let top = 0
  for (const label of labels) top = Math.max(top, rankOf(label))
  return Label.options[top] ?? 'secret'
}

/**
 * Whether text of a label may go to a destination. A secret goes nowhere, what is internal stays on this machine, and a label or
 * a destination that is not known lets nothing through.
 */
export function maySend(label: Label | null | undefined, destination: Destination | null | undefined): boolean {
  switch (label) {
    case 'public':
      return destination === 'local' || destination === 'remote'
    case 'internal':
      return destination === 'local'
    default:
      return false
  }
}

function rankOf(label: Label): number {
  const rank = Label.options.indexOf(label)
  return rank < 0 ? Label.options.length - 1 : rank
}
