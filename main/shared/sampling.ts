import { z } from 'zod'

/** How tokens are chosen beside temperature and seed. What is absent is off. */
export const Sampling = z.object({
  topK: z.number().int().min(0).optional(),
  topP: z.number().min(0).max(1).optional(),
  minP: z.number().min(0).max(1).optional(),
  /** 1 is off. */
  repeatPenalty: z.number().min(0).max(10).optional(),
  /** How many of the last tokens the penalties look at. */
  repeatLastTokens: z.number().int().min(0).optional(),
  frequencyPenalty: z.number().min(-2).max(2).optional(),
  presencePenalty: z.number().min(-2).max(2).optional(),
  /** Added to a token's logit, by token number as text; -100 forbids it. */
  logitBias: z.record(z.string(), z.number()).optional(),
})
export type Sampling = z.infer<typeof Sampling>

/** What llama.cpp's own programs do where nobody says otherwise: of the unlikely tokens, there are too many. */
export const usualSampling: Sampling = { topK: 40, topP: 0.95 }
