import { FilePlus, Save, TextSearch, WrapText } from 'lucide-react'
import type { Command, Page } from '../../shell/feature.ts'
import { askConfirm } from '../../shell/ask.ts'
import { openQuickPick } from '../../shell/quick-pick.ts'
import { dropPage, usePages } from '../../shell/pages.ts'
import { readSetting, setUserSetting } from '../../shell/settings.ts'
import { isInside } from '#shared/relative-path.ts'
import { documentOf, isDirty, isUntitled, useDocuments } from './documents/document-state.ts'
import { runInEditor, focusedEditor } from './focused-editor.ts'
import { isOpenRequest, openFile, openUntitled } from './open-file.ts'
import { fileKind, pageIdOf, pageOf, pathOfPage } from './page-ids.ts'
import { saveAs } from './save-as.ts'
import { documents, hasDocuments } from './the-documents.ts'

function activePath(): string | null {
  const { pages, activeId } = usePages.getState()
  const page = pages.find(other => other.id === activeId)
  return page?.kind === fileKind ? pathOfPage(page) : null
}

const needsFolder = (): true | string => (hasDocuments() ? true : 'No folder is open.')
const needsFile = (): true | string => (activePath() === null ? 'No file is in front.' : true)
const needsEditor = (): true | string => (focusedEditor() ? true : 'No file is in front.')

async function saveOne(path: string): Promise<boolean> {
  return isUntitled(path) ? await saveAs(path, { showsIt: true }) : await documents().save(path)
}

async function saveActive(): Promise<void> {
  const path = activePath()
  if (path !== null) await saveOne(path)
}

async function saveAll(): Promise<void> {
  const { documents: open, kept } = useDocuments.getState()
  for (const path of kept) await documents().open(path)
  for (const path of new Set([...open.keys(), ...kept])) if (isDirty(path) && !(await saveOne(path))) return
}

async function revert(): Promise<void> {
  const path = activePath()
  if (path === null) return
  const isSure = !isDirty(path) || (await askConfirm({ title: 'Throw away the changes?', text: 'The text becomes what stands on disk. Undo brings yours back.', confirmLabel: 'Throw away', isDanger: true }))
  if (isSure) await documents().revert(path)
}

/** Both paths of a move that the explorer made. */
function isMove(argument: unknown): argument is { from: string; to: string } {
  return typeof argument === 'object' && argument !== null && 'from' in argument && 'to' in argument && typeof argument.from === 'string' && typeof argument.to === 'string'
}

async function followMove(argument: unknown): Promise<void> {
  if (!isMove(argument)) return
  const moves = new Map((await documents().moved(argument.from, argument.to)).map(([from, to]) => [pageIdOf(from), to]))
  const renamed = (page: Page): Page => {
    const to = moves.get(page.id)
    return to === undefined ? page : { ...pageOf(to, page.isPreview ?? false), isDirty: isDirty(to) }
  }
  usePages.setState(state => ({ pages: state.pages.map(renamed), activeId: state.activeId === null ? null : pageIdAfter(moves, state.activeId) }))
}

function pageIdAfter(moves: ReadonlyMap<string, string>, id: string): string {
  const to = moves.get(id)
  return to === undefined ? id : pageIdOf(to)
}

/** What went to the trash is closed, unless it holds unsaved text. */
function followTrash(argument: unknown): void {
  if (typeof argument !== 'string') return
  for (const page of usePages.getState().pages) {
    const path = pathOfPage(page)
    if (page.kind === fileKind && isInside(path, argument) && !isDirty(path)) dropPage(page.id)
  }
}

export const editorCommands: readonly Command[] = [
  { id: 'editor.open', title: 'Open file', category: 'File', isInPalette: false, canRun: needsFolder, run: argument => (isOpenRequest(argument) ? openFile(argument) : undefined) },
  { id: 'editor.new', title: 'New untitled file', category: 'File', icon: FilePlus, keys: ['Ctrl+N', 'Alt+N'], canRun: needsFolder, run: openUntitled },
  { id: 'editor.save', title: 'Save file', category: 'File', icon: Save, keys: ['Ctrl+S'], canRun: needsFile, run: saveActive },
  {
    id: 'editor.saveAs',
    title: 'Save file as',
    category: 'File',
    keys: ['Ctrl+Shift+S'],
    canRun: needsFile,
    run: async () => {
      const path = activePath()
      if (path !== null && documentOf(path)?.status === 'ready') await saveAs(path, { showsIt: true })
    },
  },
  { id: 'editor.saveAll', title: 'Save all files', category: 'File', keys: ['Ctrl+Alt+S'], canRun: needsFolder, run: saveAll },
  { id: 'editor.revert', title: 'Revert file to what is on disk', category: 'File', canRun: needsFile, run: revert },
  { id: 'editor.fileMoved', title: 'Follow a moved file', category: 'File', isInPalette: false, canRun: needsFolder, run: followMove },
  { id: 'editor.fileTrashed', title: 'Follow a deleted file', category: 'File', isInPalette: false, run: followTrash },
  { id: 'editor.find', title: 'Find in file', category: 'Edit', icon: TextSearch, keys: ['Ctrl+F'], keyScope: 'editor', canRun: needsEditor, run: () => runInEditor('actions.find') },
  { id: 'editor.replace', title: 'Replace in file', category: 'Edit', keys: ['Ctrl+H'], keyScope: 'editor', canRun: needsEditor, run: () => runInEditor('editor.action.startFindReplaceAction') },
  { id: 'editor.goToLine', title: 'Go to line', category: 'Go', keys: ['Ctrl+G'], canRun: needsEditor, run: () => openQuickPick(':') },
  {
    id: 'editor.focus',
    title: 'Go to the editor',
    category: 'Go',
    keys: ['Ctrl+1', 'Alt+E'],
    canRun: needsEditor,
    run: () => focusedEditor()?.editor.focus(),
  },
  {
    id: 'editor.toggleWrap',
    title: 'Turn word wrap on or off',
    category: 'View',
    icon: WrapText,
    keys: ['Alt+Z'],
    run: () => setUserSetting('editor.wordWrap', readSetting('editor.wordWrap') === 'on' ? 'off' : 'on'),
  },
  {
    id: 'editor.toggleSuggestions',
    title: 'Turn suggestions on or off',
    category: 'Edit',
    keys: ['Alt+G'],
    run: () => setUserSetting('completion.enabled', !readSetting('completion.enabled')),
  },
  { id: 'editor.suggest', title: 'Suggest at the cursor', category: 'Edit', keys: ['Alt+\\'], keyScope: 'editor', canRun: needsEditor, run: () => runInEditor('editor.action.inlineSuggest.trigger') },
]
