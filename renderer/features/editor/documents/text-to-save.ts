import type { SaveRules } from './files-door.ts'

/** The text as it goes to disk. */
export function textToSave(text: string, rules: SaveRules): string {
  const trimmed = rules.trimTrailingWhitespace ? text.replace(/[ \t]+$/gm, '') : text
  return rules.insertFinalNewline && trimmed !== '' && !trimmed.endsWith('\n') ? `${trimmed}\n` : trimmed
}
