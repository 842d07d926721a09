import type { FileState, Fit } from '#shared/contract/library.ts'
import { sizeWords } from '#shared/size-words.ts'
import { contextWords, speedWords } from './model-words.ts'

export interface FitWords {
  text: string
  tone: 'ok' | 'warn' | 'muted'
}

/** Whether a model would run on this machine as it is now, and how. */
export function fitWords(fit: Fit): FitWords {
  const context = fit.contextTokens === null ? '' : `, ${contextWords(fit.contextTokens).replace(' tokens', ' context')}`
  switch (fit.verdict) {
    case 'gpu':
      return { text: `fits on the graphics card${context}`, tone: 'ok' }
    case 'partly-gpu':
      return { text: fit.gpuLayers === null || fit.layers === null ? `fits partly on the graphics card${context}` : `fits with ${fit.gpuLayers} of ${fit.layers} layers on the graphics card${context}`, tone: 'ok' }
    case 'cpu':
      return { text: `fits in memory${context}`, tone: 'ok' }
    case 'too-big':
      return { text: fit.neededBytes === null ? `too big for ${sizeWords(fit.freeBytes)}` : `needs ${sizeWords(fit.neededBytes)}, models may take ${sizeWords(fit.freeBytes + fit.freeGpuBytes)}`, tone: 'warn' }
    case 'unknown':
      return { text: 'not known until download', tone: 'muted' }
  }
}

/** In whole sentences, for the dialog of one model. */
export function fitSentence(fit: Fit): string {
  if (fit.verdict === 'unknown') return 'How much memory it needs is not known until its file is here: nobody published its size.'
  // The least of what is free and what the memory budget gives to all models.
  const free = `models may take ${sizeWords(fit.freeBytes)} of memory${fit.freeGpuBytes > 0 ? ` and ${sizeWords(fit.freeGpuBytes)} of the graphics card` : ''}`
  const needs = fit.neededBytes === null ? 'What it needs is not known exactly' : `It needs about ${sizeWords(fit.neededBytes)}`
  return fit.verdict === 'too-big' ? `${needs}; ${free}. Choose a smaller quantization or model, unload another model or close other programs.` : `${needs}; ${free}.`
}

/** What is labelled as an estimate stands in the column's title. */
export function expectedWords({ tokensPerSecond, speedFrom }: Fit): string {
  if (speedFrom === 'card-not-measured') return 'not measured on this card yet'
  if (tokensPerSecond === null) return 'not known'
  return `${speedFrom === 'memory' ? 'at most' : '≈'} ${speedWords(tokensPerSecond)} tokens/s`
}

export function diskWords({ sizeBytes, hasDiskRoom }: Pick<FileState, 'sizeBytes' | 'hasDiskRoom'>): FitWords {
  if (sizeBytes === null) return { text: 'size not known', tone: 'muted' }
  return hasDiskRoom === false ? { text: `${sizeWords(sizeBytes)}, disk too full`, tone: 'warn' } : { text: sizeWords(sizeBytes), tone: 'muted' }
}
