import { File } from 'lucide-react'
import type { FoundFile } from '#shared/contract/files.ts'
import { shownName } from '#shared/relative-path.ts'
import { client } from '../../rpc/client.ts'
import { runCommand } from '../../shell/commands.ts'
import { readKept } from '../../shell/layout.ts'
import type { PickItem, PickProvider, PickResult } from '../../shell/quick-pick.ts'
import { reportFailure } from '../../shell/report-failure.ts'
import { useSession } from '../../shell/session.ts'
import { parseFileQuery, splitMatches, type FileQuery } from './file-query.ts'
import { rankFiles } from './rank-files.ts'

const mostFiles = 50

function recentPaths(): string[] {
  // The editor keeps them with the layout.
  const kept = readKept('editor.recentFiles')
  return Array.isArray(kept) ? kept.filter(path => typeof path === 'string') : []
}

function item({ path, matches }: FoundFile, { name: typed, line, column }: FileQuery, group?: string): PickItem {
  const { name, folder, nameMatches } = splitMatches(path, matches, typed)
  return {
    id: path,
    label: shownName(name),
    matches: nameMatches,
    detail: shownName(folder),
    icon: File,
    ...(group ? { group } : {}),
    run: () => {
      runCommand('editor.open', { path, ...(line === null ? {} : { line }), ...(column === null ? {} : { column }) }).catch(reportFailure)
    },
  }
}

async function recentFirst(workspaceId: string, signal: AbortSignal): Promise<PickResult> {
  const recent = recentPaths()
  const { files, total, isComplete } = await client.files.find({ workspaceId, query: '', limit: mostFiles }, { signal })
  const query = parseFileQuery('')
  const others = files.filter(file => !recent.includes(file.path))
  const standing = await Promise.all(recent.slice(0, 20).map(async path => ((await client.files.stat({ workspaceId, path }, { signal }).catch(() => null)) ? path : null)))
  const opened = standing.filter(path => path !== null).map(path => item({ path, matches: [] }, query, 'Opened recently'))
  const rest = others.slice(0, Math.max(0, mostFiles - opened.length)).map(file => item(file, query, opened.length > 0 ? 'Files' : undefined))
  return { items: [...opened, ...rest], ...answerNote(`${total.toLocaleString('en')} ${total === 1 ? 'file' : 'files'}`, isComplete) }
}

async function search(workspaceId: string, query: FileQuery, signal: AbortSignal): Promise<PickResult> {
  const { files, total, isComplete } = await client.files.find({ workspaceId, query: query.name, limit: mostFiles }, { signal })
  const ordered = [...rankFiles(files.slice(0, 12), query.name, recentPaths()), ...files.slice(12)]
  const counted = files.length < total ? `${files.length} of ${total.toLocaleString('en')} files` : ''
  return { items: ordered.map(file => item(file, query)), ...answerNote(counted, isComplete) }
}

function answerNote(counted: string, isComplete: boolean): Pick<PickResult, 'note' | 'isPartial'> {
  return { note: [counted, isComplete ? '' : 'The folder is still being read'].filter(Boolean).join('. '), isPartial: !isComplete }
}

/** The mode of the command field without a prefix: files by their name. */
export const fileProvider: PickProvider = {
  id: 'files',
  prefix: '',
  title: 'Files',
  placeholder: 'Find a file by name; add :12 for line 12',
  emptyText: 'No file matches.',
  isAvailable: () => useSession.getState().workspace !== null,
  find: async (text, signal) => {
    const id = useSession.getState().workspace?.id
    if (id === undefined) return { items: [] }
    const query = parseFileQuery(text)
    return query.name === '' ? await recentFirst(id, signal) : await search(id, query, signal)
  },
}
