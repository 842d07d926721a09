import { create } from 'zustand'
import { client } from '../../rpc/client.ts'
import { keep, readKept } from '../../shell/layout.ts'
import { readSetting } from '../../shell/settings.ts'
import { Documents } from './documents/documents.ts'
import type { FilesDoor } from './documents/files-door.ts'
import { monacoBuffers } from './monaco/monaco-buffer.ts'

/** Null while no folder is open. */
export const useDocumentsOwner = create<{ owner: Documents | null }>(() => ({ owner: null }))

/** The open documents of the folder that is shown. */
export function documents(): Documents {
  const { owner } = useDocumentsOwner.getState()
  if (!owner) throw new Error('No folder is open')
  return owner
}

export function hasDocuments(): boolean {
  return useDocumentsOwner.getState().owner !== null
}

export function makeDocuments(workspaceId: string): Documents {
  const owner = new Documents({
    door: filesDoor(workspaceId),
    makeBuffer: monacoBuffers(workspaceId, () => readSetting('editor.tabSize')),
    saveRules: () => ({ trimTrailingWhitespace: readSetting('files.trimTrailingWhitespace'), insertFinalNewline: readSetting('files.insertFinalNewline') }),
  })
  useDocumentsOwner.setState({ owner })
  return owner
}

export function leaveDocuments(documents: Documents): void {
  if (useDocumentsOwner.getState().owner === documents) useDocumentsOwner.setState({ owner: null })
}

function filesDoor(workspaceId: string): FilesDoor {
  return {
    read: async path => {
      const content = await client.files.read({ workspaceId, path })
      return content.text.includes('\r') ? { ...content, text: content.text.replace(/\r\n?/g, '\n') } : content
    },
    write: request => client.files.write({ workspaceId, ...request }),
    stat: path => client.files.stat({ workspaceId, path }),
    keep: buffer => client.buffers.keep({ workspaceId, ...buffer }),
    discard: path => client.buffers.discard({ workspaceId, path }),
    listKept: () => client.buffers.list({ workspaceId }),
  }
}

/** Paths opened last, newest first; quick open shows them before anything is typed. */
export function recentFiles(): string[] {
  const kept = readKept('editor.recentFiles')
  return Array.isArray(kept) ? kept.filter(path => typeof path === 'string') : []
}

export function rememberFile(path: string): void {
  const recent = recentFiles()
  if (recent[0] !== path) keep('editor.recentFiles', [path, ...recent.filter(other => other !== path)].slice(0, 50))
}
