import type { ThemeRegistration } from 'shiki/core'

const colour = (scope: readonly string[], token: string) => ({ scope: [...scope], settings: { foreground: `var(--code-${token})` } })

/** The editor's colours for TextMate scopes, by the names of the window's tokens: a change of theme needs no new pass. */
export const codeTheme: ThemeRegistration = {
  name: 'cortex',
  type: 'dark',
  fg: 'var(--text)',
  bg: 'transparent',
  settings: [
    { settings: { foreground: 'var(--text)' } },
    colour(['comment', 'punctuation.definition.comment'], 'comment'),
    colour(['string', 'punctuation.definition.string', 'string.regexp', 'markup.inline.raw'], 'string'),
    colour(['constant.numeric', 'constant.language', 'constant.character.escape', 'constant.other.color', 'keyword.other.unit'], 'number'),
    colour(['keyword', 'storage', 'support.type.primitive', 'support.type.builtin', 'keyword.operator.new', 'keyword.operator.expression', 'variable.language', 'entity.name.tag', 'markup.heading', 'meta.diff.header'], 'keyword'),
    colour(['entity.name.function', 'support.function', 'entity.name.type', 'entity.name.class', 'entity.name.namespace', 'entity.other.inherited-class', 'support.class', 'support.type', 'entity.other.attribute-name', 'support.type.property-name'], 'type'),
    { scope: ['keyword.operator', 'punctuation', 'meta.brace', 'variable', 'meta.template.expression', 'support.type.primitive.cs'], settings: { foreground: 'var(--text)' } },
    colour(['markup.inserted'], 'added'),
    colour(['markup.deleted', 'invalid'], 'removed'),
  ],
}
