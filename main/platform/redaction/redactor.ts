import { AppError } from '#shared/errors.ts'
import { detectAssignments } from './assignment-detector.ts'
import { KnownValues } from './known-values.ts'
import { inOriginal, maskText, type MaskedText } from './masked-text.ts'
import { detectPersonal } from './personal-detector.ts'
import { secretlintDetector } from './secretlint-detector.ts'
import { mergeSpans, type Detector, type Span } from './span.ts'
import { detectTokens } from './token-detector.ts'

/** UTF-16 units checked at once. */
export const redactionLimit = 1_000_000
/** What is cut from a text for the log. */
const logLimit = 20_000
/** Paths, kinds and names come again and again; longer texts seldom do. */
const longestRemembered = 200
const mostRemembered = 1000
/** Masking may uncover another finding beside it; more rounds than these are never needed by text that was not made for it. */
const mostRounds = 4

export interface Redacted {
  text: string
  /** Places in the text that was given, in order; never a value. */
  findings: readonly Span[]
}

interface Options {
  /** Only what has a form of its own or is a stored secret: for paths, names and hashes, which may look random. */
  isSureOnly?: boolean
  /** IPv4 addresses too. */
  addresses?: boolean
}

/** Masks secrets and personal data in texts. Synchronous, works without a vault, and its time grows with the text's length. */
export class Redactor {
  /** The person's own secrets. */
  readonly known = new KnownValues()
  readonly #secretlint: Detector = secretlintDetector()
  #isFalseAlarm: (kind: string, value: string) => boolean = () => false
  /** Short texts in which nothing was found, all of one state of the person's own secrets. */
  #clean = { of: 0, texts: new Set<string>() }

  /** Asked for each finding but those of the person's own secrets. */
  useFalseAlarms(isFalseAlarm: (kind: string, value: string) => boolean): void {
    this.#isFalseAlarm = isFalseAlarm
  }

  /** Throws REDACTION_TOO_LARGE beyond 1,000,000 characters: a part that was not checked goes nowhere. */
  redact(text: string, options: Options = {}): Redacted {
    if (text.length > redactionLimit) throw new AppError('REDACTION_TOO_LARGE', { characters: text.length, limit: redactionLimit })
    let findings = this.#find(text, options)
    let masked: MaskedText = maskText(text, findings)
    for (let round = 1; round < mostRounds && findings.length > 0; round++) {
      const more = this.#find(masked.text, options)
      if (more.length === 0) break
      const before = masked
      findings = mergeSpans([...findings, ...more.map(span => inOriginal(before, span))])
      masked = maskText(text, findings)
    }
    return { text: masked.text, findings }
  }

  /** For logs and errors: what is too long is cut, and never throws. */
  mask(text: string, options: Options = {}): string {
    if (text.length > longestRemembered) return this.redact(text.length > logLimit ? `${text.slice(0, logLimit)} [cut]` : text, options).text
    if (this.#clean.of !== this.known.changes || this.#clean.texts.size >= mostRemembered) this.#clean = { of: this.known.changes, texts: new Set() }
    // What is looked for decides what is clean.
    const remembered = `${options.isSureOnly ? 's' : ''}${options.addresses ? 'a' : ''} ${text}`
    if (this.#clean.texts.has(remembered)) return text
    const { text: masked, findings } = this.redact(text, options)
    if (findings.length === 0) this.#clean.texts.add(remembered)
    return masked
  }

  #find(text: string, { isSureOnly = false, addresses = false }: Options): Span[] {
    const own = this.known.detect(text)
    const found = [...this.#secretlint(text), ...detectPersonal(text, { addresses })]
    if (!isSureOnly) found.push(...detectAssignments(text), ...detectTokens(text))
    const real = found.filter(span => span.end > span.start && !this.#isFalseAlarm(span.kind, text.slice(span.start, span.end)))
    return mergeSpans([...own, ...real])
  }
}
