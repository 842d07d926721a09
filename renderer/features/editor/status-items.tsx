import type { ButtonHTMLAttributes } from 'react'
import type { MenuEntry } from '../../ui/menu-item.ts'
import { Menu } from '../../ui/menu.tsx'
import { useActiveEditor } from '../../shell/active-editor.ts'
import { openQuickPick } from '../../shell/quick-pick.ts'
import { useDocuments } from './documents/document-state.ts'
import { useFocusedEditor } from './focused-editor.ts'
import { languageName } from './language-name.ts'
import { documents } from './the-documents.ts'

const encodings = [
  ['utf-8', 'UTF-8'],
  ['utf-8-bom', 'UTF-8 with BOM'],
] as const
const lineEndings = [
  ['lf', 'LF'],
  ['crlf', 'CRLF'],
] as const

function StatusButton({ className = '', ...rest }: ButtonHTMLAttributes<HTMLButtonElement>) {
  return <button type="button" className={`focus-inset h-full rounded-small px-1 hover:bg-hover hover:text-text ${className}`} {...rest} />
}

function useDocument() {
  const path = useFocusedEditor(state => state.focused?.path ?? null)
  return useDocuments(state => (path === null ? undefined : state.documents.get(path)))
}

export function CursorItem() {
  const editor = useActiveEditor(state => state.editor)
  if (!editor) return null
  const { cursor, selection } = editor
  const selected = selection ? ` (${selection.text.length.toLocaleString('en')} selected)` : ''
  return (
    <StatusButton title="Go to line" aria-label={`Ln ${cursor.line}, Col ${cursor.column}${selected}. Go to line`} onClick={() => openQuickPick(':')}>
      Ln {cursor.line}, Col {cursor.column}
      {selected}
    </StatusButton>
  )
}

export function IndentationItem() {
  const focused = useFocusedEditor(state => state.focused)
  // The options of a model are no React state; the cursor's publication tells when they change.
  const editor = useActiveEditor(state => state.editor)
  const model = focused?.editor.getModel()
  if (!model || !editor) return null
  const { insertSpaces, indentSize, tabSize } = model.getOptions()
  const width = insertSpaces ? indentSize : tabSize
  const entries: MenuEntry[] = [
    ...[2, 4, 8].map(size => ({ id: `spaces-${size}`, label: `${size} spaces`, isChecked: insertSpaces && width === size, run: () => model.updateOptions({ insertSpaces: true, indentSize: size, tabSize: size }) })),
    'separator',
    ...[2, 4, 8].map(size => ({ id: `tabs-${size}`, label: `Tabs, ${size} columns`, isChecked: !insertSpaces && width === size, run: () => model.updateOptions({ insertSpaces: false, indentSize: size, tabSize: size }) })),
  ]
  const words = insertSpaces ? `Spaces: ${width}` : `Tabs: ${width}`
  return (
    <Menu entries={entries} side="top" align="end">
      <StatusButton title="Indentation" aria-label={`Indentation, ${words}`}>
        {words}
      </StatusButton>
    </Menu>
  )
}

export function EncodingItem() {
  const document = useDocument()
  if (document?.status !== 'ready') return null
  const entries = encodings.map(([id, label]) => ({ id, label, isChecked: document.encoding === id, run: () => documents().setEncoding(document.path, id) }))
  const words = encodings.find(([id]) => id === document.encoding)?.[1] ?? document.encoding
  return (
    <Menu entries={entries} side="top" align="end">
      <StatusButton title="Encoding" aria-label={`Encoding, ${words}`}>
        {words}
      </StatusButton>
    </Menu>
  )
}

export function LineEndingItem() {
  const document = useDocument()
  if (document?.status !== 'ready') return null
  const entries = lineEndings.map(([id, label]) => ({ id, label, isChecked: document.lineEnding === id, run: () => documents().setLineEnding(document.path, id) }))
  const words = document.lineEnding.toUpperCase()
  return (
    <Menu entries={entries} side="top" align="end">
      <StatusButton title="Line endings" aria-label={`Line endings, ${words}`}>
        {words}
      </StatusButton>
    </Menu>
  )
}

export function LanguageItem() {
  const language = useActiveEditor(state => state.editor?.language)
  return language ? <span title="Language, by the file's name">{languageName(language)}</span> : null
}
