import { rules } from '@secretlint/secretlint-rule-preset-recommend'
import { needlesOf, NeedleSearch } from './needles.ts'
import type { Detector, Span } from './span.ts'

type Rule = (typeof rules)[number]
type Context = Parameters<Rule['create']>[0]
type Handler = ReturnType<Rule['create']>
type Source = Parameters<NonNullable<Handler['file']>>[0]

/**
 * The rules of secretlint's recommended preset, called directly: they are synchronous, so one detector serves logs and long texts, and it is made once
 * instead of once for each text. A rule whose matches all begin with a text of its own runs only where that text stands. A comment in the text that tells secretlint to look away (its filter rule) is not obeyed here.
 */
export function secretlintDetector(): Detector {
  let found: Span[] = []
  const handlers = rules.filter(rule => rule.meta.type === 'scanner').map(rule => {
    // Rules take the message they are to report from here; its id names the kind.
    const createTranslator = () => (messageId: string) => ({ message: '', messageId })
    const report = ({ message, range }: { message: { messageId: string }; range: readonly [number, number] }): void => {
      found.push({ kind: kindOf(message.messageId), start: range[0], end: range[1] })
    }
    // Each rule's options are its own, and none needs any.
    const handler = rule.create({ sharedOptions: {}, createTranslator, report, ignore: () => undefined } as unknown as Context, {})
    return { handler, needles: needlesOfRule(handler) }
  })
  const search = new NeedleSearch(handlers.flatMap(({ needles }) => needles ?? []))
  return text => {
    found = Array.from(text.matchAll(awsKeyId), ({ 0: id, index }) => ({ kind: 'aws-access-key', start: index, end: index + id.length }))
    const source = sourceOf(text)
    const standing = search.found(text)
    for (const { handler, needles } of handlers) if (needles === null || needles.some(needle => standing.has(needle))) void handler.file?.(source)
    const result = found
    found = []
    return result
  }
}

/** Without a path no rule opens a file; none of them asks for lines. */
function sourceOf(content: unknown): Source {
  return { content, ext: '.txt', filePath: undefined, contentType: 'text', hasBOM: false } as unknown as Source
}

/** Asks a rule itself what it looks for: it is given a text that only takes down the patterns. Null where it must always run. */
function needlesOfRule(handler: Handler): string[] | null {
  const patterns: RegExp[] = []
  let isPlain = true
  const content = new Proxy({}, {
    get: (_, name) => {
      if (name === 'matchAll') return (pattern: RegExp) => (patterns.push(pattern), [])
      isPlain = false
      return undefined
    },
  })
  try {
    void handler.file?.(sourceOf(content))
  } catch {
    return null
  }
  const needles = patterns.map(pattern => (pattern instanceof RegExp ? needlesOf(pattern) : null))
  return isPlain && needles.length > 0 && !needles.includes(null) ? needles.flatMap(one => one ?? []) : null
}

/** The preset leaves these out by default; its option for them looks for account numbers too, which are no secret and cost more than all else. */
const awsKeyId = /\b(?:A3T[A-Z0-9]|AKIA|AGPA|AIDA|AROA|AIPA|ANPA|ANVA|ASIA)[A-Z0-9]{16}\b/g
const shorter: Record<string, string> = { 'basic-auth': 'password-in-url' }

/** `AWSAccessKeyID` and `GITHUB_TOKEN` as `aws-access-key` and `github-token`. */
function kindOf(messageId: string): string {
  const kind = messageId.replace(/([a-z0-9])([A-Z])/g, '$1-$2').replace(/([A-Z]+)([A-Z][a-z])/g, '$1-$2').replace(/_/g, '-').toLowerCase()
  return shorter[kind] ?? kind
}
