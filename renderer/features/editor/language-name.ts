import { loadedMonaco } from './monaco/load-monaco.ts'

/** The name of a language as a person writes it. */
export function languageName(id: string): string {
  if (id === 'plaintext') return 'Plain text'
  return loadedMonaco().languages.getLanguages().find(language => language.id === id)?.aliases?.[0] ?? id
}
