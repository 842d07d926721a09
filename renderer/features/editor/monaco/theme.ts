import { editor } from 'monaco-editor/editor'
import { onThemeChange, themeTokens, type ThemeTokens } from '../../../ui/theme-tokens.ts'

/** Monaco takes colours of token rules without the `#`. */
function rule(token: string, colour: string, fontStyle = ''): editor.ITokenThemeRule {
  return { token, foreground: colour.slice(1, 7), fontStyle }
}

function rules(tokens: ThemeTokens): editor.ITokenThemeRule[] {
  const groups: readonly [string, readonly string[]][] = [
    [tokens['code-keyword'], ['keyword', 'tag', 'metatag', 'storage', 'keyword.flow', 'keyword.json', 'attribute.value.hex', 'annotation']],
    [tokens['code-type'], ['type', 'type.identifier', 'identifier.function', 'function', 'namespace', 'attribute.name', 'predefined', 'entity', 'key', 'variable.predefined']],
    [tokens['code-string'], ['string', 'string.escape', 'regexp', 'attribute.value', 'string.link']],
    [tokens['code-number'], ['number', 'constant', 'attribute.value.number', 'attribute.value.unit']],
    [tokens['code-comment'], ['comment', 'comment.doc', 'metatag.content']],
    [tokens.text, ['identifier', 'delimiter', 'operator', 'variable', 'delimiter.bracket', 'string.invalid', 'invalid']],
  ]
  return [
    { token: '', foreground: tokens.text.slice(1, 7), background: tokens['surface-2'].slice(1, 7) },
    ...groups.flatMap(([colour, names]) => names.map(name => rule(name, colour))),
    rule('string.invalid', tokens['code-string']),
    rule('keyword.md', tokens.text, 'bold'),
    rule('strong', tokens.text, 'bold'),
    rule('emphasis', tokens.text, 'italic'),
  ]
}

/** Ghost text: the muted colour, a step back. High contrast keeps it in full. */
function ghostColour(tokens: ThemeTokens): string {
  return tokens.theme === 'high-contrast' ? tokens.faint : `${tokens.muted.slice(0, 7)}b8`
}

function colours(tokens: ThemeTokens): Record<string, string> {
  const clear = '#00000000'
  const edge = tokens.theme === 'high-contrast' ? tokens['control-line'] : tokens.line
  return {
    'editor.background': tokens['surface-2'],
    'editor.foreground': tokens.text,
    'editorLineNumber.foreground': tokens.faint,
    'editorLineNumber.activeForeground': tokens.text,
    'editorCursor.foreground': tokens.accent,
    'editor.lineHighlightBackground': tokens['current-line'],
    'editor.lineHighlightBorder': clear,
    'editor.selectionBackground': tokens['selected-text'],
    // Monaco's own high contrast draws selected text in black, which our selection colour would swallow.
    ...(tokens.theme === 'high-contrast' ? { 'editor.selectionForeground': tokens.text } : {}),
    'editor.inactiveSelectionBackground': tokens['selected-text'],
    'editor.selectionHighlightBackground': tokens.hover,
    'editor.wordHighlightBackground': tokens.hover,
    'editor.wordHighlightStrongBackground': tokens.hover,
    'editor.findMatchBackground': tokens.match,
    'editor.findMatchHighlightBackground': tokens.match,
    'editor.findMatchBorder': tokens.warn,
    'editor.findRangeHighlightBackground': tokens.hover,
    'editorGhostText.foreground': ghostColour(tokens),
    'editorGhostText.background': clear,
    'editorGhostText.border': clear,
    'editorIndentGuide.background1': tokens.line,
    'editorIndentGuide.activeBackground1': tokens['scroll-thumb'],
    'editorWhitespace.foreground': tokens.line,
    'editorBracketMatch.background': tokens.hover,
    'editorBracketMatch.border': tokens['control-line'],
    'editorWidget.background': tokens.overlay,
    'editorWidget.foreground': tokens.text,
    'editorWidget.border': edge,
    'editorWidget.resizeBorder': tokens.accent,
    'editorSuggestWidget.background': tokens.overlay,
    'editorSuggestWidget.border': edge,
    'editorSuggestWidget.selectedBackground': tokens.selected,
    'editorSuggestWidget.highlightForeground': tokens.accent,
    'editorHoverWidget.background': tokens.overlay,
    'editorHoverWidget.border': edge,
    'editorStickyScroll.background': tokens['surface-2'],
    'editorStickyScrollHover.background': tokens.hover,
    'editorStickyScroll.shadow': clear,
    'editorOverviewRuler.border': clear,
    'editorGutter.background': tokens['surface-2'],
    'editorUnicodeHighlight.border': tokens.warn,
    'input.background': tokens['surface-2'],
    'input.foreground': tokens.text,
    'input.border': tokens['control-line'],
    'input.placeholderForeground': tokens.faint,
    'inputOption.activeBackground': tokens.selected,
    'inputOption.activeForeground': tokens.text,
    'inputOption.activeBorder': tokens['control-line'],
    'inputValidation.errorBackground': tokens.overlay,
    'inputValidation.errorBorder': tokens.error,
    'inputValidation.infoBackground': tokens.overlay,
    'inputValidation.infoBorder': tokens.info,
    focusBorder: tokens.accent,
    foreground: tokens.text,
    'icon.foreground': tokens.muted,
    'toolbar.hoverBackground': tokens.hover,
    'widget.shadow': tokens.theme === 'high-contrast' ? clear : '#00000040',
    'widget.border': edge,
    'menu.background': tokens.overlay,
    'menu.foreground': tokens.text,
    'menu.selectionBackground': tokens.selected,
    'menu.selectionForeground': tokens.text,
    'menu.separatorBackground': tokens.line,
    'menu.border': edge,
    'quickInput.background': tokens.overlay,
    'quickInput.foreground': tokens.text,
    'quickInputTitle.background': tokens.overlay,
    'quickInputList.focusBackground': tokens.selected,
    'quickInputList.focusForeground': tokens.text,
    'pickerGroup.foreground': tokens.muted,
    'pickerGroup.border': tokens.line,
    'list.hoverBackground': tokens.hover,
    'list.activeSelectionBackground': tokens.selected,
    'list.activeSelectionForeground': tokens.text,
    'list.focusHighlightForeground': tokens.accent,
    'list.highlightForeground': tokens.accent,
    'keybindingLabel.background': clear,
    'keybindingLabel.border': tokens.line,
    'keybindingLabel.bottomBorder': tokens.line,
    'keybindingLabel.foreground': tokens.faint,
    'scrollbar.shadow': clear,
    // A word that stands in every line would draw a bar along the whole edge.
    'editorOverviewRuler.wordHighlightForeground': clear,
    'editorOverviewRuler.wordHighlightStrongForeground': clear,
    'editorOverviewRuler.wordHighlightTextForeground': clear,
    'editorOverviewRuler.selectionHighlightForeground': clear,
    'scrollbarSlider.background': `${tokens['scroll-thumb'].slice(0, 7)}b0`,
    'scrollbarSlider.hoverBackground': tokens['scroll-thumb-hover'],
    'scrollbarSlider.activeBackground': tokens['scroll-thumb-hover'],
    'diffEditor.insertedTextBackground': `${tokens['code-added'].slice(0, 7)}2e`,
    'diffEditor.insertedLineBackground': `${tokens['code-added'].slice(0, 7)}14`,
    'diffEditor.removedTextBackground': `${tokens['code-removed'].slice(0, 7)}2e`,
    'diffEditor.removedLineBackground': `${tokens['code-removed'].slice(0, 7)}14`,
    'diffEditor.diagonalFill': tokens.line,
    'diffEditor.border': tokens.line,
    'minimap.background': tokens['surface-2'],
  }
}

function apply(tokens: ThemeTokens): void {
  const base = tokens.theme === 'high-contrast' ? 'hc-black' : tokens.isDark ? 'vs-dark' : 'vs'
  editor.defineTheme('cortex', { base, inherit: false, rules: rules(tokens), colors: colours(tokens) })
  editor.setTheme('cortex')
}

/** Gives Monaco the page's colours, now and after each change of theme. */
export function followTheme(): void {
  apply(themeTokens())
  onThemeChange(apply)
}
