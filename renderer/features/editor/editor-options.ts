import { useMemo } from 'react'
import { useShallow } from 'zustand/shallow'
import { useSettings } from '../../shell/settings.ts'
import { useTrust } from '../../rpc/trust.ts'
import type { Monaco } from './monaco/load-monaco.ts'

export const monospaceFont = "'JetBrains Mono Variable', ui-monospace, monospace"

/** What never changes while an editor stands. */
export const fixedOptions: Monaco.editor.IStandaloneEditorConstructionOptions = {
  automaticLayout: true,
  fontFamily: monospaceFont,
  fontLigatures: false,
  fixedOverflowWidgets: true,
  cursorBlinking: 'solid',
  cursorSmoothCaretAnimation: 'off',
  cursorWidth: 2,
  smoothScrolling: false,
  scrollBeyondLastLine: false,
  renderLineHighlight: 'line',
  renderWhitespace: 'selection',
  roundedSelection: false,
  overviewRulerLanes: 2,
  overviewRulerBorder: false,
  hideCursorInOverviewRuler: true,
  padding: { top: 4, bottom: 12 },
  lineDecorationsWidth: 12,
  lineNumbersMinChars: 4,
  folding: true,
  showFoldingControls: 'mouseover',
  glyphMargin: false,
  stickyScroll: { enabled: false },
  guides: { indentation: true, bracketPairs: false, highlightActiveIndentation: true },
  bracketPairColorization: { enabled: false },
  matchBrackets: 'near',
  occurrencesHighlight: 'singleFile',
  // Words of the file come on Ctrl+Space; while typing, only the model speaks.
  quickSuggestions: false,
  suggestOnTriggerCharacters: false,
  wordBasedSuggestions: 'currentDocument',
  suggest: { showStatusBar: false, preview: false },
  parameterHints: { enabled: false },
  codeLens: false,
  lightbulb: { enabled: 'off' as Monaco.editor.ShowLightbulbIconMode }, // the value behind a const enum
  hover: { delay: 400 },
  links: false,
  inlineSuggest: { enabled: true, mode: 'subwordSmart', showToolbar: 'never', suppressSuggestions: false, fontFamily: 'default', minShowDelay: 0, syntaxHighlightingEnabled: false },
  find: { addExtraSpaceOnTop: false, seedSearchStringFromSelection: 'selection', autoFindInSelection: 'multiline' },
  scrollbar: { vertical: 'auto', horizontal: 'auto', verticalScrollbarSize: 8, horizontalScrollbarSize: 8, useShadows: false },
  largeFileOptimizations: true,
  maxTokenizationLineLength: 20_000,
  stopRenderingLineAfter: 10_000,
  dropIntoEditor: { enabled: false },
  contextmenu: true,
  tabFocusMode: false,
}

/** What follows the settings while an editor stands. */
export function useEditorOptions(): Monaco.editor.IEditorOptions & { minimap: Monaco.editor.IEditorMinimapOptions } {
  const isTrusted = useTrust(({ trust }) => trust?.isTrusted ?? false)
  const set = useSettings(
    useShallow(({ values }) => ({
      fontSize: values['editor.fontSize'],
      lineHeight: Math.round(values['editor.fontSize'] * 1.6),
      wordWrap: values['editor.wordWrap'],
      lineNumbers: values['editor.lineNumbers'] ? ('on' as const) : ('off' as const),
      minimap: values['editor.minimap'] ? minimapOn : minimapOff,
    })),
  )
  return useMemo(() => ({ ...set, unicodeHighlight: isTrusted ? unicodeTrusted : unicodeRestricted }), [set, isTrusted])
}

/** What cannot be seen, and marks that turn text round, are drawn in every file, comments and texts too; letters that look like others only where the folder is not trusted. */
const unicodeTrusted = { ambiguousCharacters: false, invisibleCharacters: true, nonBasicASCII: false, includeComments: true, includeStrings: true } as const
const unicodeRestricted = { ...unicodeTrusted, ambiguousCharacters: true } as const

const minimapOn = { enabled: true, renderCharacters: false }
const minimapOff = { enabled: false }
