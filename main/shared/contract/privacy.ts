import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'

/** One statement about what can leave the machine, and what makes it true. */
export const Enforcement = z.object({
  process: z.enum(['page', 'host', 'inference', 'terminal', 'storage']),
  /** `os`: the operating system refuses. `browser`: the browser refuses by policy. `design`: no code that could; nothing would stop it. `none`: may connect. */
  level: z.enum(['os', 'browser', 'design', 'none']),
  statement: z.string(),
})
export type Enforcement = z.infer<typeof Enforcement>

export const PrivacyState = z.object({
  type: z.literal('snapshot'),
  /** Whether the operating system keeps the model's process from the network; false also while none runs. */
  isModelIsolated: z.boolean(),
  enforcement: z.array(Enforcement),
})
export type PrivacyState = z.infer<typeof PrivacyState>

export const privacy = {
  watch: oc.route({ method: 'GET', summary: 'What is enforced about the network and storage right now, process by process, and what is not.' }).output(eventIterator(PrivacyState)),
}
