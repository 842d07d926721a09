import { join } from 'node:path'
import type { DownloadTarget } from '#shared/contract/downloads.ts'
import { AppError } from '#shared/errors.ts'
import type { Catalogue } from '#shared/model-catalogue.ts'
import type { DownloadRecord, RecordedFile } from './download-record.ts'

export type ReadTarget = Pick<DownloadRecord, 'name' | 'entryId' | 'quantization' | 'repository' | 'revision' | 'files'> & { licence: string | null }

const partName = /-(\d{5})-of-(\d{5})\.gguf$/
const mostParts = 256

/** What is to be got, and where it goes below the folder of models. Throws CATALOGUE_ENTRY_NOT_FOUND, DOWNLOAD_TARGET_INVALID, EGRESS_ADDRESS_INVALID. */
export function readDownloadTarget(target: DownloadTarget, { catalogue, folder }: { catalogue: Catalogue; folder: string }): ReadTarget {
  switch (target.kind) {
    case 'catalogue':
      return ofCatalogue(target, catalogue, folder)
    case 'repository':
      return ofRepository(target, catalogue, folder)
    case 'address':
      return ofAddress(target, folder)
  }
}

function ofCatalogue({ entryId, quantization }: Extract<DownloadTarget, { kind: 'catalogue' }>, { entries }: Catalogue, folder: string): ReadTarget {
  const entry = entries.find(({ id }) => id === entryId)
  const file = entry?.files.find(one => one.quantization === quantization)
  if (!entry || !file) throw new AppError('CATALOGUE_ENTRY_NOT_FOUND', { id: entry ? `${entryId}:${quantization}` : entryId })
  const files = file.parts.map(({ path, sizeBytes, sha256 }) => ({ ...inRepository(entry.repository, path, folder), sizeBytes, sha256, hashSource: sha256 === null ? null : ('catalogue' as const) }))
  return { name: `${entry.name} ${quantization}`, entryId, quantization, repository: entry.repository, revision: entry.revision, files, licence: entry.licence.name }
}

function ofRepository({ repository, revision, file }: Extract<DownloadTarget, { kind: 'repository' }>, { entries }: Catalogue, folder: string): ReadTarget {
  // What the catalogue has is the same download, whichever way it is asked for.
  const entry = entries.find(one => one.repository === repository && one.revision === revision && one.files.some(({ parts }) => parts[0]?.path === file))
  const known = entry?.files.find(({ parts }) => parts[0]?.path === file)
  if (entry && known) return ofCatalogue({ kind: 'catalogue', entryId: entry.id, quantization: known.quantization }, { version: 1, readAt: '', entries: [entry] }, folder)
  const paths = partsOf(file)
  const files = paths.map(path => ({ ...inRepository(repository, path, folder), sizeBytes: null, sha256: null, hashSource: null }))
  return { name: `${repository.split('/')[1] ?? repository} ${fileName(file)}`, entryId: null, quantization: null, repository, revision, files, licence: null }
}

function ofAddress({ url, sha256 }: Extract<DownloadTarget, { kind: 'address' }>, folder: string): ReadTarget {
  if (!URL.canParse(url)) throw new AppError('EGRESS_ADDRESS_INVALID', { reason: 'it is not an address of the web' })
  const { hostname, pathname, protocol, username, password } = new URL(url)
  if (protocol !== 'https:' && protocol !== 'http:') throw new AppError('EGRESS_ADDRESS_INVALID', { reason: 'only http and https are spoken' })
  if (username !== '' || password !== '') throw new AppError('EGRESS_ADDRESS_INVALID', { reason: 'a name or a password stands in it' })
  const name = fileName(decoded(pathname))
  if (!name.endsWith('.gguf')) throw new AppError('DOWNLOAD_TARGET_INVALID', { reason: 'the address does not end with the name of a GGUF file' })
  if (partName.test(name)) throw new AppError('DOWNLOAD_TARGET_INVALID', { reason: 'it is one part of a split model; name its repository instead, so that all parts are got' })
  const file: RecordedFile = { name, path: join(folder, safe(hostname.replaceAll(/[[\]:]/g, '_')), safe(name)), repositoryPath: null, url, sizeBytes: null, sha256: sha256 ?? null, hashSource: sha256 ? 'person' : null, isDone: false }
  return { name, entryId: null, quantization: null, repository: null, revision: '', files: [file], licence: null }
}

function inRepository(repository: string, path: string, folder: string): Pick<RecordedFile, 'name' | 'path' | 'repositoryPath' | 'url' | 'isDone'> {
  if (path.split('/').some(part => part === '' || part === '.' || part === '..') || path.includes('\\')) throw new AppError('DOWNLOAD_TARGET_INVALID', { reason: 'the path of the file leaves its repository' })
  return { name: fileName(path), path: join(folder, ...repository.split('/').map(safe), ...path.split('/').map(safe)), repositoryPath: path, url: null, isDone: false }
}

function partsOf(first: string): string[] {
  const [, number, count] = partName.exec(first) ?? []
  if (number === undefined || count === undefined) return [first]
  if (Number(number) !== 1) throw new AppError('DOWNLOAD_TARGET_INVALID', { reason: `it is part ${Number(number)} of ${Number(count)}; name the first part` })
  if (Number(count) < 1 || Number(count) > mostParts) throw new AppError('DOWNLOAD_TARGET_INVALID', { reason: `it claims to be split into ${Number(count)} parts` })
  const stem = first.slice(0, -`-${number}-of-${count}.gguf`.length)
  return Array.from({ length: Number(count) }, (_, index) => `${stem}-${String(index + 1).padStart(5, '0')}-of-${count}.gguf`)
}

function fileName(path: string): string {
  return path.split('/').at(-1) ?? path
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** A name that no file system takes amiss. */
export function safe(name: string): string {
  const plain = name.replaceAll(/[^\p{L}\p{N}._ +=@()-]/gu, '_').replace(/^\.+/, '_').replace(/[. ]+$/, '').slice(0, 180)
  return plain === '' || /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(plain) ? `_${plain}` : plain
}
