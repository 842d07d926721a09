import type { SamplingPreset } from '#shared/contract/models.ts'

/** Starting points; a model's own authors may say better ones. */
export const builtInPresets: readonly SamplingPreset[] = [
  { id: 'exact', name: 'Exact', isBuiltIn: true, temperature: 0, sampling: {} },
  { id: 'code', name: 'Code', isBuiltIn: true, temperature: 0.2, sampling: { topP: 0.95, minP: 0.05 } },
  { id: 'balanced', name: 'Balanced', isBuiltIn: true, temperature: 0.7, sampling: { topP: 0.9, topK: 40, minP: 0.05 } },
  { id: 'creative', name: 'Creative', isBuiltIn: true, temperature: 1, sampling: { topP: 0.95, minP: 0.02 } },
  { id: 'no-repeats', name: 'Against repetition', isBuiltIn: true, temperature: 0.3, sampling: { topP: 0.9, minP: 0.05, repeatPenalty: 1.15, repeatLastTokens: 256 } },
]
