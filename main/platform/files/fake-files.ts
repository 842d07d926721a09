import { posix } from 'node:path'
import type { FileIdentity, Files, FileStat, FolderItem, ReadResult } from './files.ts'

type Node = { kind: 'file'; bytes: Uint8Array; modifiedAt: Date; inode?: string } | { kind: 'folder' } | { kind: 'link'; target: string }
type Operation = Exclude<keyof Files, 'canRead' | 'canWrite'>

const linkLimit = 40

/** A disk in memory with `/` between parts. A test says which call is to fail, and how. */
export class FakeFiles implements Files {
  readonly #nodes = new Map<string, Node>([['/', { kind: 'folder' }]])
  readonly #failures: { operation: Operation; code: string; path: string | null }[] = []
  readonly unreadable = new Set<string>()
  readonly readOnly = new Set<string>()
  readonly trashed: string[] = []

  /** Adds files by path and text, with the folders above them. */
  constructor(texts: Record<string, string | Uint8Array> = {}) {
    for (const [path, content] of Object.entries(texts)) this.put(path, content)
  }

  put(path: string, content: string | Uint8Array): void {
    this.#makeFolders(posix.dirname(path))
    this.#nodes.set(path, { kind: 'file', bytes: typeof content === 'string' ? Buffer.from(content) : content, modifiedAt: new Date(0) })
  }

  putFolder(path: string): void {
    this.#makeFolders(path)
  }

  putLink(path: string, target: string): void {
    this.#makeFolders(posix.dirname(path))
    this.#nodes.set(path, { kind: 'link', target })
  }

  /** Another name of a file that is there. */
  putHardLink(path: string, of: string): void {
    const node = this.#nodes.get(of)
    if (node?.kind !== 'file') throw fault('ENOENT', of)
    node.inode ??= of
    this.#makeFolders(posix.dirname(path))
    this.#nodes.set(path, node)
  }

  /** The text of a file; null where none stands. */
  text(path: string): string | null {
    const node = this.#nodes.get(path)
    return node?.kind === 'file' ? new TextDecoder().decode(node.bytes) : null
  }

  /** Lets the next such call fail, on that path or on any. */
  failNext(operation: Operation, code: string, path: string | null = null): void {
    this.#failures.push({ operation, code, path })
  }

  async stat(path: string): Promise<FileStat | null> {
    this.#mayFail('stat', path)
    const own = this.#own(path)
    if (!own) return null
    const isLink = own.kind === 'link'
    try {
      const end = this.#nodes.get(this.#resolve(path))
      return { kind: end?.kind === 'file' || end?.kind === 'folder' ? end.kind : 'other', isLink, sizeBytes: end?.kind === 'file' ? end.bytes.length : 0, modifiedAt: end?.kind === 'file' ? end.modifiedAt : new Date(0) }
    } catch {
      return { kind: 'other', isLink, sizeBytes: 0, modifiedAt: new Date(0) }
    }
  }

  async identity(path: string): Promise<FileIdentity | null> {
    this.#mayFail('identity', path)
    let end: string
    try {
      end = this.#resolve(path)
    } catch (error) {
      // `fault` below gives every error its code.
      const { code } = error as { code?: string }
      if (code === 'ENOENT' || code === 'ENOTDIR') return null
      throw error
    }
    const node = this.#nodes.get(end)
    if (node?.kind !== 'file') return { key: end, kind: 'folder', links: 1, revision: end }
    const links = [...this.#nodes.values()].filter(other => other === node).length
    return { key: node.inode ?? end, kind: 'file', links, revision: `${node.bytes.length}:${Buffer.from(node.bytes).toString('base64')}` }
  }

  async items(folder: string): Promise<FolderItem[]> {
    this.#mayFail('items', folder)
    const path = this.#resolve(folder)
    if (this.#nodes.get(path)?.kind !== 'folder') throw fault('ENOTDIR', folder)
    if (this.unreadable.has(path)) throw fault('EACCES', folder)
    const below = path === '/' ? '/' : `${path}/`
    return [...this.#nodes]
      .filter(([other]) => other !== '/' && other.startsWith(below) && !other.slice(below.length).includes('/'))
      .map(([other, node]) => ({ name: posix.basename(other), kind: node.kind }))
  }

  async realPath(path: string): Promise<string> {
    this.#mayFail('realPath', path)
    return this.#resolve(path)
  }

  async canRead(path: string): Promise<boolean> {
    return !this.unreadable.has(path)
  }

  async canWrite(path: string): Promise<boolean> {
    return !this.readOnly.has(path)
  }

  async read(path: string, limitBytes: number): Promise<ReadResult> {
    this.#mayFail('read', path)
    const end = this.#resolve(path)
    if (this.unreadable.has(end)) throw fault('EACCES', path)
    const node = this.#nodes.get(end)
    if (node?.kind !== 'file') throw fault('EISDIR', path)
    return { sizeBytes: node.bytes.length, bytes: node.bytes.length > limitBytes ? null : node.bytes }
  }

  async replace(path: string, bytes: Uint8Array): Promise<void> {
    this.#mayFail('replace', path)
    if (this.readOnly.has(path)) throw fault('EACCES', path)
    if (this.#nodes.get(posix.dirname(path))?.kind !== 'folder') throw fault('ENOENT', path)
    if (this.#nodes.get(path)?.kind === 'folder') throw fault('EISDIR', path)
    this.#nodes.set(path, { kind: 'file', bytes, modifiedAt: new Date(0) })
  }

  async createFile(path: string): Promise<void> {
    this.#mayFail('createFile', path)
    if (this.#nodes.has(path)) throw fault('EEXIST', path)
    await this.replace(path, new Uint8Array())
  }

  async createFolder(path: string): Promise<void> {
    this.#mayFail('createFolder', path)
    this.#makeFolders(path)
  }

  async move(from: string, to: string): Promise<void> {
    this.#mayFail('move', from)
    if (!this.#nodes.has(from)) throw fault('ENOENT', from)
    if (this.#nodes.has(to)) throw fault('EEXIST', to)
    for (const [path, node] of [...this.#nodes]) {
      if (path !== from && !path.startsWith(`${from}/`)) continue
      this.#nodes.delete(path)
      this.#nodes.set(to + path.slice(from.length), node)
    }
  }

  async trash(path: string): Promise<void> {
    this.#mayFail('trash', path)
    if (!this.#nodes.has(path)) throw fault('ENOENT', path)
    for (const other of [...this.#nodes.keys()]) {
      if (other === path || other.startsWith(`${path}/`)) this.#nodes.delete(other)
    }
    this.trashed.push(path)
  }

  #own(path: string): Node | undefined {
    try {
      return this.#nodes.get(posix.join(this.#resolve(posix.dirname(path)), posix.basename(path)))
    } catch {
      return undefined
    }
  }

  #resolve(path: string, followed = 0): string {
    if (followed > linkLimit) throw fault('ELOOP', path)
    let at = '/'
    const parts = path.split('/').filter(part => part !== '')
    for (const [index, part] of parts.entries()) {
      const next = posix.join(at, part)
      const node = this.#nodes.get(next)
      if (!node) throw fault('ENOENT', path)
      if (node.kind === 'link') return this.#resolve(posix.join(posix.resolve(at, node.target), ...parts.slice(index + 1)), followed + 1)
      if (node.kind === 'file' && index < parts.length - 1) throw fault('ENOTDIR', path)
      at = next
    }
    return at
  }

  #makeFolders(path: string): void {
    if (path !== '/') this.#makeFolders(posix.dirname(path))
    const node = this.#nodes.get(path)
    if (node?.kind === 'file') throw fault('EEXIST', path)
    if (!node) this.#nodes.set(path, { kind: 'folder' })
  }

  #mayFail(operation: Operation, path: string): void {
    const index = this.#failures.findIndex(failure => failure.operation === operation && (failure.path === null || failure.path === path))
    const [failure] = index === -1 ? [] : this.#failures.splice(index, 1)
    if (failure) throw fault(failure.code, path)
  }
}

function fault(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code })
}
