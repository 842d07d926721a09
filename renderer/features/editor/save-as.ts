import { nameOf, nameProblem, parentOf } from '#shared/relative-path.ts'
import { askConfirm, askText } from '../../shell/ask.ts'
import { dropPage, usePages } from '../../shell/pages.ts'
import { client } from '../../rpc/client.ts'
import { workspaceId } from '../../shell/session.ts'
import { isUntitled, untitledNumber } from './documents/document-state.ts'
import { openFile } from './open-file.ts'
import { pageIdOf } from './page-ids.ts'
import { documents } from './the-documents.ts'

/** Asks for a path and writes the text there; an untitled tab becomes the file's. False when the person thought better of it. */
export async function saveAs(path: string, { showsIt }: { showsIt: boolean }): Promise<boolean> {
  const number = untitledNumber(path)
  const suggestion = number === null ? path : `untitled-${number}.txt`
  const nameStart = suggestion.length - nameOf(suggestion).length
  const dot = suggestion.lastIndexOf('.')
  const typed = await askText({
    title: 'Save as',
    text: 'Folders that do not exist yet are made.',
    label: 'Path in this folder',
    initialText: suggestion,
    selection: [nameStart, dot > nameStart ? dot : suggestion.length],
    confirmLabel: 'Save',
    check: text => nameProblem(clean(text)),
  })
  if (typed === null) return false
  const target = clean(typed)
  if (target === path) return await documents().save(path)
  const standing = await client.files.stat({ workspaceId: workspaceId(), path: target }).catch(() => null)
  if (standing?.kind === 'folder') return await saveAs(path, { showsIt })
  if (standing && !(await askConfirm({ title: `Replace ${nameOf(target)}?`, text: `A file of this name stands in ${parentOf(target) || 'the folder'} already.`, confirmLabel: 'Replace', isDanger: true }))) return false
  if (!standing) await client.files.create({ workspaceId: workspaceId(), path: target, kind: 'file' })
  if (!(await documents().saveAs(path, target))) return false
  if (isUntitled(path)) {
    await documents().forget(path)
    if (showsIt) dropPage(pageIdOf(path))
  }
  if (showsIt || usePages.getState().pages.some(page => page.id === pageIdOf(target))) openFile({ path: target })
  return true
}

function clean(text: string): string {
  return text.trim().replace(/^\.?\/+/, '')
}
