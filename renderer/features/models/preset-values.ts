import type { SamplingPreset } from '#shared/contract/models.ts'
import type { Sampling } from '#shared/sampling.ts'

type Figure = 'temperature' | Exclude<keyof Sampling, 'logitBias'>

interface FigureField {
  key: Figure
  label: string
  /** In a row of figures: `top-p 0.95`. */
  short: string
  description: string
  /** What holds where it is empty, if that is not off. */
  usual?: string
  min: number
  max: number
  isWhole?: boolean
}

export const figureFields: readonly FigureField[] = [
  { key: 'temperature', label: 'Temperature', short: 'temperature', description: '0: always the likeliest token.', min: 0, max: 2 },
  { key: 'topP', label: 'Top-p', short: 'top-p', description: 'The likeliest that together have this share.', min: 0, max: 1 },
  { key: 'topK', label: 'Top-k', short: 'top-k', description: 'So many of the likeliest tokens.', min: 0, max: 1_000_000, isWhole: true },
  { key: 'minP', label: 'Min-p', short: 'min-p', description: 'At least this share of the likeliest.', min: 0, max: 1 },
  { key: 'repeatPenalty', label: 'Repeat penalty', short: 'repeats', description: '1 is off; above it, repeats are rarer.', min: 0, max: 10 },
  { key: 'repeatLastTokens', label: 'Looks back, tokens', short: 'looks back', description: 'How far the penalties look.', usual: '64', min: 0, max: 10_000_000, isWhole: true },
  { key: 'frequencyPenalty', label: 'Frequency penalty', short: 'frequency', description: 'For each time that a token stood there.', min: -2, max: 2 },
  { key: 'presencePenalty', label: 'Presence penalty', short: 'presence', description: 'Once for a token that stood there.', min: -2, max: 2 },
]

/** What a person has typed, as it stands in the fields. */
export interface PresetDraft {
  name: string
  figures: Readonly<Record<Figure, string>>
  /** A token number and its bias on each line. */
  bias: string
}

export type PresetValue = Pick<SamplingPreset, 'name' | 'temperature' | 'sampling'>
export type PresetProblems = Partial<Record<Figure | 'name' | 'bias', string>>

export function draftOf({ name, temperature, sampling }: PresetValue): PresetDraft {
  const figure = (key: Figure): string => String((key === 'temperature' ? temperature : sampling[key]) ?? '')
  return {
    name,
    // Every figure has a field.
    figures: Object.fromEntries(figureFields.map(({ key }) => [key, figure(key)])) as Record<Figure, string>,
    bias: Object.entries(sampling.logitBias ?? {}).map(([token, bias]) => `${token} ${bias}`).join('\n'),
  }
}

/** The preset that was typed, or what is wrong with it, by field. `taken`: names of the others. */
export function readDraft({ name, figures, bias }: PresetDraft, taken: readonly string[]): { value: PresetValue; problems: null } | { value: null; problems: PresetProblems } {
  const problems: PresetProblems = {}
  const written = name.trim()
  if (written === '') problems.name = 'A preset needs a name.'
  else if (written.length > 80) problems.name = 'At most 80 characters.'
  else if (taken.some(other => other.toLowerCase() === written.toLowerCase())) problems.name = 'Another preset has this name.'
  const sampling: Sampling = {}
  let temperature = 0
  for (const field of figureFields) {
    const text = figures[field.key].trim()
    if (text === '' && field.key !== 'temperature') continue
    const problem = figureProblem(text, field)
    if (problem !== null) problems[field.key] = problem
    else if (field.key === 'temperature') temperature = Number(text)
    else sampling[field.key] = Number(text)
  }
  const logitBias = readBias(bias)
  if (logitBias === null) problems.bias = 'On each line a token number and its bias from -100 to 100, as in “13 -100”.'
  else if (Object.keys(logitBias).length > 0) sampling.logitBias = logitBias
  return Object.keys(problems).length > 0 ? { value: null, problems } : { value: { name: written, temperature, sampling }, problems: null }
}

function figureProblem(text: string, { min, max, isWhole = false }: FigureField): string | null {
  const value = Number(text)
  const range = `from ${min.toLocaleString('en-US')} to ${max.toLocaleString('en-US')}`
  if (!/^[+-]?(\d+\.?\d*|\.\d+)$/.test(text) || value < min || value > max) return `A ${isWhole ? 'whole ' : ''}number ${range}.`
  return isWhole && !Number.isInteger(value) ? `A whole number ${range}.` : null
}

/** Null where a line is no token and bias. */
function readBias(text: string): Record<string, number> | null {
  const lines = text.split('\n').map(line => line.trim()).filter(Boolean)
  const pairs = lines.map(line => /^(\d{1,9})[\s:=,]+([+-]?\d+(?:\.\d+)?)$/.exec(line))
  if (pairs.some(pair => pair === null || Math.abs(Number(pair[2])) > 100)) return null
  return Object.fromEntries(pairs.map(pair => [String(Number(pair?.[1])), Number(pair?.[2])]))
}

/** `temperature 0.2, top-p 0.95, min-p 0.05`. */
export function presetWords({ temperature, sampling }: Pick<SamplingPreset, 'temperature' | 'sampling'>): string {
  const figures = figureFields.flatMap(({ key, short }) => {
    const value = key === 'temperature' ? temperature : sampling[key]
    return value === undefined ? [] : [`${short} ${value}`]
  })
  const biases = Object.keys(sampling.logitBias ?? {}).length
  return [...figures, ...(biases === 0 ? [] : [biases === 1 ? '1 token weighed' : `${biases} tokens weighed`])].join(', ')
}

/** A name that is free: `Code copy`, `Code copy 2`. */
export function copyName(name: string, taken: readonly string[]): string {
  const known = new Set(taken.map(other => other.toLowerCase()))
  const base = name.replace(/ copy( \d+)?$/, '').slice(0, 70)
  for (let number = 1; ; number++) {
    const next = number === 1 ? `${base} copy` : `${base} copy ${number}`
    if (!known.has(next.toLowerCase())) return next
  }
}
