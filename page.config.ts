import { join } from 'node:path'

const at = (path: string): string => join(import.meta.dirname, path)

/** What the window's own build and the tests' pages resolve alike. */
export const pageAliases = {
  '#shared': at('main/shared'),
  // Its version for browsers decodes `&amp;` through innerHTML, which Trusted Types refuse: an answer with an entity would not be drawn.
  'decode-named-character-reference': at('node_modules/decode-named-character-reference/index.js'),
}
