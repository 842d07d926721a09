import { z } from 'zod'

/** How tokens are guessed ahead: not at all, from what stood in the prompt or the answer before, or by a small model that drafts. */
export const SpeculationWay = z.enum(['off', 'lookup', 'draft'])
export type SpeculationWay = z.infer<typeof SpeculationWay>

/** What was measured on this machine for one model, loaded in one way. */
export const SpeculationOutcome = z.object({
  winner: SpeculationWay,
  /** Of the best way to guess: its tokens/s over those without guesses, on an edit that copies most of a file. */
  factor: z.number(),
  /** Milliseconds since 1970. */
  measuredAt: z.number(),
  /** The model's process ended over it: nothing is guessed, and it is not tried again. */
  hasCrashed: z.literal(true).optional(),
})
export type SpeculationOutcome = z.infer<typeof SpeculationOutcome>

export const Speculation = z.object({
  way: SpeculationWay,
  /** False where the model is to do what was measured to be faster. */
  isChosen: z.boolean(),
  /** Null where a person chose, and until it is measured. */
  outcome: SpeculationOutcome.nullable(),
  /** Tokens guessed in answers since the model was loaded, and how many of them were right. */
  guessed: z.number().int(),
  accepted: z.number().int(),
  /** Why nothing is guessed, where that is not for what was chosen or measured: the model cannot, or the comparison did not come to its end. */
  obstacle: z.enum(['impossible', 'unmeasured']).optional(),
})
export type Speculation = z.infer<typeof Speculation>

const ways: Readonly<Record<Exclude<SpeculationWay, 'off'>, string>> = { lookup: 'from the prompt', draft: 'with the draft model' }

/** `from the prompt, 1.4 times as fast (measured 28 Nov 2026); 71 % of 240 guesses were right`. */
export function speculationWords({ way, isChosen, outcome, guessed, accepted, obstacle }: Speculation): string {
  if (obstacle === 'impossible') return 'off: this model cannot take a guess back'
  if (obstacle === 'unmeasured') return 'off: it could not be measured, which is tried again at the next load'
  const name = way === 'off' ? 'off' : ways[way]
  const used = guessed > 0 ? `; ${Math.round((accepted / guessed) * 100)} % of ${guessed.toLocaleString('en-US')} guesses were right` : ''
  if (isChosen) return `${name}, as chosen${used}`
  if (!outcome) return 'off until it is measured, which waits for a moment without work'
  const day = new Date(outcome.measuredAt).toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })
  if (outcome.hasCrashed) return `off: the model's process ended while it was measured (${day}), which is not tried again`
  return outcome.winner === 'off' ? `off: no faster here (measured ${day})${used}` : `${name}, ${outcome.factor.toFixed(1)} times as fast (measured ${day})${used}`
}
