import { ClipboardCopy, ClipboardPaste, Columns2, Pencil, Plus, Search, SquareTerminal, Trash2 } from 'lucide-react'
import type { Command } from '../../shell/feature.ts'
import { keep, readKept, showBottomView } from '../../shell/layout.ts'
import { useSession } from '../../shell/session.ts'
import { askName } from './ask-name.ts'
import { copySelection } from './clipboard.ts'
import { requestFocus } from './focus-request.ts'
import { closeTerminal, sessionOf, showTerminal, startTerminal, useTerminals } from './terminals-store.ts'

const active = (): string | null => useTerminals.getState().activeId
const needsFolder = (): true | string => (useSession.getState().workspace ? true : 'Open a folder first.')
const needsTerminal = (): true | string => (active() === null ? 'No terminal is open.' : true)
const scope = 'terminal'

const SCREEN_READER = 'terminals.screenReader'

function focusTerminal(): void {
  showBottomView('terminals')
  requestFocus()
  sessionOf(active())?.terminal.focus()
}

async function openNew(beside: string | null): Promise<void> {
  const isFirst = useTerminals.getState().terminals?.length === 0
  showBottomView('terminals')
  requestFocus()
  // Opening the panel without a terminal starts one by itself.
  if (!isFirst || document.querySelector('[data-region="bottom"]')) await startTerminal(beside === null ? {} : { beside })
}

function step(by: number): void {
  const all = useTerminals.getState().groups.flat()
  const next = all[(all.indexOf(active() ?? '') + by + all.length) % all.length]
  if (next === undefined) return
  requestFocus(next)
  showTerminal(next)
  sessionOf(next)?.terminal.focus()
}

export const terminalCommands: readonly Command[] = [
  { id: 'terminals.focus', title: 'Go to terminal', category: 'Terminal', icon: SquareTerminal, keys: ['Ctrl+`', 'Alt+F12'], canRun: needsFolder, run: focusTerminal },
  { id: 'terminals.new', title: 'New terminal', category: 'Terminal', icon: Plus, keys: ['Ctrl+Shift+`'], canRun: needsFolder, run: () => openNew(null) },
  { id: 'terminals.split', title: 'Split terminal', category: 'Terminal', icon: Columns2, keys: ['Ctrl+Shift+5'], canRun: needsFolder, run: () => openNew(active()) },
  { id: 'terminals.rename', title: 'Rename terminal', category: 'Terminal', icon: Pencil, canRun: needsTerminal, run: () => askName(active() ?? '') },
  { id: 'terminals.close', title: 'Close terminal', category: 'Terminal', icon: Trash2, canRun: needsTerminal, run: () => closeTerminal(active() ?? '') },
  { id: 'terminals.next', title: 'Next terminal', category: 'Terminal', keys: ['Alt+PageDown'], keyScope: scope, canRun: needsTerminal, run: () => step(1) },
  { id: 'terminals.previous', title: 'Previous terminal', category: 'Terminal', keys: ['Alt+PageUp'], keyScope: scope, canRun: needsTerminal, run: () => step(-1) },
  { id: 'terminals.find', title: 'Find in terminal', category: 'Terminal', icon: Search, keys: ['Ctrl+F', 'Ctrl+Shift+F'], keyScope: scope, canRun: needsTerminal, run: () => useTerminals.setState({ isSearching: true }) },
  {
    id: 'terminals.copy',
    title: 'Copy from terminal',
    category: 'Terminal',
    icon: ClipboardCopy,
    keys: ['Ctrl+Shift+C', 'Ctrl+Insert'],
    keyScope: scope,
    canRun: () => (sessionOf(active())?.terminal.hasSelection() ? true : 'Nothing is selected in the terminal.'),
    run: async () => {
      const session = sessionOf(active())
      if (session) await copySelection(session.terminal)
    },
  },
  {
    // Ctrl+Shift+V and Shift+Insert are the browser's own paste: it needs no permission to read the clipboard.
    id: 'terminals.paste',
    title: 'Paste into terminal',
    category: 'Terminal',
    icon: ClipboardPaste,
    canRun: needsTerminal,
    run: async () => sessionOf(active())?.paste(await navigator.clipboard.readText()),
  },
  {
    id: 'terminals.clear',
    title: 'Clear terminal',
    category: 'Terminal',
    canRun: needsTerminal,
    run: () => sessionOf(active())?.terminal.clear(),
  },
  {
    id: 'terminals.screenReader',
    title: 'Turn screen reader support in terminals on or off',
    category: 'Terminal',
    run: () => {
      const isOn = readKept(SCREEN_READER) !== true
      keep(SCREEN_READER, isOn)
      for (const { id } of useTerminals.getState().terminals ?? []) {
        const session = sessionOf(id)
        if (session) session.terminal.options.screenReaderMode = isOn
      }
    },
  },
]
