import { ibanAtStart, isCardNumber } from './check-digits.ts'
import { charSet, eachRun } from './runs.ts'
import type { Span } from './span.ts'

const local = charSet(/[A-Za-z0-9._%+-]/)
const domain = charSet(/[A-Za-z0-9.-]/)
const mostLocal = 64
const mostDomain = 253
/** Digits with single signs between them: cards and telephone numbers. */
const numberCharacters = charSet(/[0-9 ().+-]/)
const digits = charSet(/\d/)
const leastNumber = 10
const ibanCharacters = charSet(/[A-Z0-9 ]/)
const ibanCore = charSet(/[A-Z0-9]/)
const leastIban = 15
/** Reserved for examples (RFC 2606): nobody's. */
const exampleDomain = /(?:^|\.)(?:example(?:\.(?:com|net|org))?|invalid|test|localhost)$/i
const address = /(?<![\d.])(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}(?![\d.])/g
const ownAddress = /^(?:127\.|0\.0\.0\.0$|255\.)/

export interface PersonalOptions {
  /** IPv4 addresses too; those of this machine itself are nobody's. */
  addresses: boolean
}

/** E-mail addresses, telephone numbers, IBANs and card numbers with their check digits. */
export function detectPersonal(text: string, { addresses }: PersonalOptions): Span[] {
  const spans: Span[] = []
  emails(text, spans)
  eachRun(text, { set: numberCharacters, least: leastNumber, core: digits }, (start, end) => numbers(text, start, end, spans))
  eachRun(text, { set: ibanCharacters, least: leastIban, core: ibanCore }, (start, end) => ibans(text, start, end, spans))
  if (addresses) for (const match of text.matchAll(address)) if (!ownAddress.test(match[0])) spans.push({ kind: 'ip-address', start: match.index, end: match.index + match[0].length })
  return spans
}

function emails(text: string, spans: Span[]): void {
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    let start = at
    while (start > 0 && at - start < mostLocal && local[text.charCodeAt(start - 1)] === 1) start--
    let end = at + 1
    while (end < text.length && end - at <= mostDomain && domain[text.charCodeAt(end)] === 1) end++
    // A dot or hyphen at the end belongs to the sentence.
    while (end > at + 1 && !/[A-Za-z0-9]/.test(text[end - 1] ?? '')) end--
    const host = text.slice(at + 1, end)
    if (start === at || !/^(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,24}$/.test(host) || exampleDomain.test(host)) continue
    spans.push({ kind: 'email', start, end })
  }
}

function numbers(text: string, start: number, end: number, spans: Span[]): void {
  // Two signs in a row, or a line's indentation, end a number.
  for (const match of text.slice(start, end).matchAll(/\+?\(?\d(?:[ ().-]{0,2}\d)+/g)) {
    const at = start + match.index
    if (isPartOfWord(text, at, at + match[0].length)) continue
    const plain = match[0].replace(/\D/g, '')
    if (isCardNumber(plain) && /^\d(?:[ -]?\d)*$/.test(match[0])) spans.push({ kind: 'card-number', start: at, end: at + match[0].length })
    else if (isPhone(match[0], plain.length)) spans.push({ kind: 'phone', start: at, end: at + match[0].length })
  }
}

/** International with its plus, or in the American writing with brackets; other digits are no evidence. */
function isPhone(text: string, count: number): boolean {
  return (/^\+[1-9]/.test(text) && count >= 8 && count <= 15 && !/\.\d+\./.test(text)) || /^\([2-9]\d\d\) ?\d{3}[-. ]\d{4}$/.test(text)
}

function ibans(text: string, start: number, end: number, spans: Span[]): void {
  const run = text.slice(start, end)
  for (const match of run.matchAll(/(?<![A-Z0-9])[A-Z]{2}\d{2} ?[A-Z0-9]/g)) {
    const rest = run.slice(match.index, match.index + 48)
    const iban = ibanAtStart(rest.replace(/ /g, ''))
    if (iban === null) continue
    let length = 0
    for (let taken = 0; taken < iban.length; length++) if (rest[length] !== ' ') taken++
    if (!isPartOfWord(text, start + match.index, start + match.index + length)) spans.push({ kind: 'iban', start: start + match.index, end: start + match.index + length })
  }
}

function isPartOfWord(text: string, start: number, end: number): boolean {
  return /[\w.]/.test(text[start - 1] ?? ' ') || /\w/.test(text[end] ?? ' ')
}
