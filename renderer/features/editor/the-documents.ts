import { client } from '../../rpc/client.ts'
import { keep, readKept } from '../../shell/layout.ts'
import { readSetting } from '../../shell/settings.ts'
import { Documents } from './documents/documents.ts'
import type { FilesDoor } from './documents/files-door.ts'
import { monacoBuffers } from './monaco/monaco-buffer.ts'

let current: Documents | null = null

/** The open documents of the folder that is shown. */
export function documents(): Documents {
  if (!current) throw new Error('No folder is open')
  return current
}

export function hasDocuments(): boolean {
  return current !== null
}

export function makeDocuments(workspaceId: string): Documents {
  current = new Documents({
    door: filesDoor(workspaceId),
    makeBuffer: monacoBuffers(workspaceId, () => readSetting('editor.tabSize')),
    saveRules: () => ({ trimTrailingWhitespace: readSetting('files.trimTrailingWhitespace'), insertFinalNewline: readSetting('files.insertFinalNewline') }),
  })
  return current
}

export function leaveDocuments(documents: Documents): void {
  if (current === documents) current = null
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
