import { z } from 'zod'
import { invalid } from '../api-error.ts'

/** Text, or parts of it; parts that are not text are refused by name. */
export const Parts = z.union([z.string(), z.array(z.object({ type: z.string(), text: z.string().nullish(), refusal: z.string().nullish() }))])

const textParts = ['text', 'input_text', 'output_text', 'summary_text', 'reasoning_text']

export function contentText(content: z.infer<typeof Parts> | null | undefined, param: string): string {
  if (content === null || content === undefined) return ''
  if (typeof content === 'string') return content
  return content
    .map(({ type, text, refusal }, index) => {
      if (textParts.includes(type)) return text ?? ''
      if (type === 'refusal') return refusal ?? ''
      throw invalid(`${param}[${index}].type`, `Models here read text alone: “${param}[${index}]” is of another type.`)
    })
    .join('')
}
