import type { InvisibleKind, InvisibleReport } from './invisible-characters.ts'

const names: Record<InvisibleKind, string> = {
  bidirectional: 'turns the order of text',
  'zero-width': 'takes no room',
  tag: 'carries hidden letters',
  variation: 'changes nothing it follows',
  filler: 'looks like a space',
  control: 'control character',
}

/** "3 invisible characters". */
export function invisibleCount(count: number): string {
  return `${count.toLocaleString('en')} invisible ${count === 1 ? 'character' : 'characters'}`
}

/** "hidden letters: “…”; 2 × turns the order of text; U+202E at 1:4": what was found, in a line. */
export function invisibleDetail({ kinds, findings, hiddenText }: Pick<InvisibleReport, 'kinds' | 'hiddenText'> & { findings?: InvisibleReport['findings'] }): string {
  const parts = kinds.map(({ kind, count }) => `${count.toLocaleString('en')} × ${names[kind]}`)
  const places = (findings ?? []).slice(0, 3).map(({ codePoint, line, column }) => `U+${codePoint.toString(16).toUpperCase().padStart(4, '0')} at ${line}:${column}`)
  return [hiddenText === null ? '' : `hidden letters: “${hiddenText}”`, parts.join(', '), places.join(', ')].filter(Boolean).join('; ')
}
