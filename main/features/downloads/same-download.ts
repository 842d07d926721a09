import { createHash } from 'node:crypto'
import { basename, dirname, join } from 'node:path'
import type { DownloadRecord } from './download-record.ts'
import { pinKey } from './download-run.ts'

type Asked = Pick<DownloadRecord, 'repository' | 'revision' | 'files'>

/** Whether what is asked for is what a record gets: the same source, and no other hash than the record's. Where the files go says nothing: two sources may name them alike. */
export function isSameDownload(record: Asked, asked: Asked): boolean {
  const [kept, wanted] = [record.files[0], asked.files[0]]
  if (!kept || !wanted || record.files.length !== asked.files.length || pinKey(record, kept) !== pinKey(asked, wanted)) return false
  return asked.files.every(({ sha256 }, index) => sha256 === null || sha256 === record.files[index]?.sha256)
}

/** As it was asked for, in a folder of its own where another download of the list writes to one of its places. */
export function apartFrom<T extends Asked>(others: readonly Asked[], asked: T): T {
  // Some disks do not tell cases apart.
  const taken = new Set(others.flatMap(({ files }) => files.map(({ path }) => path.toLowerCase())))
  const [first] = asked.files
  if (!first || !asked.files.some(({ path }) => taken.has(path.toLowerCase()))) return asked
  const own = createHash('sha256').update(JSON.stringify([pinKey(asked, first), asked.files.map(({ sha256 }) => sha256)])).digest('hex').slice(0, 12)
  return { ...asked, files: asked.files.map(file => ({ ...file, path: join(dirname(file.path), own, basename(file.path)) })) }
}
