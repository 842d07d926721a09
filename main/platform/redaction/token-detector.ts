import { entropy, unrest } from './entropy.ts'
import { charSet, eachRun } from './runs.ts'
import type { Span } from './span.ts'

const tokenCharacters = charSet(/[A-Za-z0-9+/_=-]/)
const leastToken = 20
/** Longer runs are data (a picture, a font), not a credential; a private key has its own rule. */
const mostToken = 4096
const contextLength = 48
const contextWords = /key|secret|token|passw|pwd|credential|auth|bearer|apikey|private|signature/i
const hex = /^[0-9a-f]{32,}$|^[0-9A-F]{32,}$/
/** Hashes that name content: integrity fields, image digests. They are no secrets. */
const hashPrefix = /^sha(?:1|224|256|384|512)-|sha(?:1|224|256|384|512):$/i

/** Long tokens that look random: in any place when they are very random, after a word such as `key` or `token` when they are rather so. */
export function detectTokens(text: string): Span[] {
  const spans: Span[] = []
  eachRun(text, { set: tokenCharacters, least: leastToken }, (start, end) => {
    if (end - start > mostToken || !hasDigit(text, start, end)) return
    // `name=value` and `a/b/c` are runs too: what stands behind the sign is looked at alone.
    const run = text.slice(start, end)
    for (const { offset, part } of parts(run)) {
      if (part.length < leastToken) continue
      const at = start + offset
      if (isSecret(part, text.slice(Math.max(0, at - contextLength), at))) spans.push({ kind: hex.test(part) ? 'hex-key' : 'random-token', start: at, end: at + part.length })
    }
  })
  return spans
}

/** Names in code seldom have one, and no token is without. */
function hasDigit(text: string, start: number, end: number): boolean {
  for (let index = start; index < end; index++) {
    const code = text.charCodeAt(index)
    if (code >= 48 && code <= 57) return true
  }
  return false
}

function isSecret(token: string, before: string): boolean {
  const line = before.slice(before.lastIndexOf('\n') + 1)
  if (hashPrefix.test(token) || hashPrefix.test(line)) return false
  const hasContext = contextWords.test(line)
  if (hex.test(token)) return hasContext && entropy(token) > 3
  if (!/\d/.test(token) || !/[a-z]/.test(token) || !/[A-Z]/.test(token)) return false
  // A name in camel case or with hyphens stays in one kind of letter for whole words.
  const restless = unrest(token)
  const bits = entropy(token)
  return hasContext ? bits > 3.5 && restless > 0.3 : bits > 3.9 && restless > 0.4
}

function parts(run: string): { offset: number; part: string }[] {
  const value = /^[A-Za-z0-9_-]*=(?=[^=])/.exec(run)
  const offset = value ? value[0].length : 0
  const rest = run.slice(offset)
  // A base64 value may hold slashes; a path has words between them.
  if (!rest.includes('/') || looksRandom(rest)) return [{ offset, part: rest }]
  let at = offset
  return rest.split('/').map(part => {
    const found = { offset: at, part }
    at += part.length + 1
    return found
  })
}

function looksRandom(text: string): boolean {
  return /\d/.test(text) && unrest(text.replace(/\//g, '')) > 0.35
}
