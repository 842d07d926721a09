import { oc } from '@orpc/contract'
import { z } from 'zod'

export const Check = z.object({
  /** What was looked at: "Node", "State folder", "Model process". */
  name: z.string(),
  status: z.enum(['ok', 'warning', 'problem']),
  found: z.string(),
  /** What to do; null where nothing is to be done. */
  next: z.string().nullable(),
})
export type Check = z.infer<typeof Check>

export const doctor = {
  check: oc.route({ method: 'POST', summary: 'Look at everything Cortex needs on this machine, and say what to do where something is missing or weak.' }).output(z.array(Check)),
}
