import { dirname, isAbsolute, join } from 'node:path'
import type { FolderListing } from '#shared/contract/workspaces.ts'
import { AppError } from '#shared/errors.ts'
import { folderError } from '../../platform/files/file-errors.ts'
import type { Files, FolderItem } from '../../platform/files/files.ts'
import { displayPath } from '../../platform/paths/display-path.ts'

const limit = 2000
const byName = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })

/** The folders in a folder, for the folder picker; links to folders count. */
export async function listFolders(files: Files, wanted: string, home: string): Promise<FolderListing> {
  if (!isAbsolute(wanted) || wanted.includes('\0')) throw new AppError('FOLDER_NOT_FOUND', { path: wanted })
  const { path, items } = await read(files, wanted)
  const isHidden = (name: string): boolean => name.startsWith('.')
  const candidates = items
    .filter(item => item.kind === 'folder' || item.kind === 'link')
    .sort((a, b) => Number(isHidden(a.name)) - Number(isHidden(b.name)) || byName.compare(a.name, b.name))
  const folders: FolderListing['folders'] = []
  for (const item of candidates) {
    const place = join(path, item.name)
    if (item.kind === 'link' && (await files.stat(place).catch(() => null))?.kind !== 'folder') continue
    if (folders.length === limit) return shape(true)
    folders.push({ name: item.name, path: place, isHidden: isHidden(item.name), isReadable: await files.canRead(place) })
  }
  return shape(false)

  function shape(isTruncated: boolean): FolderListing {
    const parent = dirname(path)
    return { path, displayPath: displayPath(path, home), parent: parent === path ? null : parent, home, folders, isTruncated }
  }
}

async function read(files: Files, wanted: string): Promise<{ path: string; items: FolderItem[] }> {
  try {
    const path = await files.realPath(wanted)
    return { path, items: await files.items(path) }
  } catch (error) {
    throw folderError(error, wanted)
  }
}
