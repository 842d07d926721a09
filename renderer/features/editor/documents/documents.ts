import type { FileContent } from '#shared/contract/files.ts'
import type { UnsavedBuffer } from '#shared/contract/buffers.ts'
import { movedPath } from '#shared/relative-path.ts'
import { changeDocument, documentOf, dropDocument, emptyDocument, isUntitled, putDocument, setKept, untitledNumber, useDocuments } from './document-state.ts'
import { DiskSide, type OpenText } from './disk-side.ts'
import type { FilesDoor, SaveRules } from './files-door.ts'
import { KeepSchedule } from '../../../shell/keep-schedule.ts'
import type { MakeBuffer, TextBuffer } from './text-buffer.ts'

export interface DocumentsOptions {
  door: FilesDoor
  makeBuffer: MakeBuffer
  saveRules: () => SaveRules
}

/** A text above this many characters is kept less often. */
const heavyText = 500_000

/**
 * The open files of a workspace: their text, what of it is unsaved, and what happens on disk meanwhile.
 * Whatever is done to one document is done in order; text that a person typed leaves only when it is saved or thrown away on their word.
 */
export class Documents {
  readonly #options: DocumentsOptions
  readonly #open = new Map<string, OpenText>()
  readonly #turns = new Map<string, Promise<unknown>>()
  readonly #kept = new Map<string, UnsavedBuffer>()
  readonly #schedule: KeepSchedule
  readonly #disk: DiskSide
  #isDisposed = false
  #restoring: Promise<UnsavedBuffer[]> | null = null
  constructor(options: DocumentsOptions) {
    this.#options = options
    this.#schedule = new KeepSchedule({
      keep: path => this.#keep(path),
      onOutcome: (path, failure) => !this.#isDisposed && changeDocument(path, { keepFailure: failure }),
    })
    this.#disk = new DiskSide({ door: options.door, saveRules: options.saveRules, onClean: path => void this.#discard(path) })
  }

  bufferOf(path: string): TextBuffer | null {
    return this.#open.get(path)?.buffer ?? null
  }

  /** Learns what unsaved text the host keeps, so that it comes back when its tab is shown. Nothing opens before that. */
  restore(): Promise<UnsavedBuffer[]> {
    this.#restoring ??= this.#restore().catch((cause: unknown) => {
      this.#restoring = null
      throw cause
    })
    return this.#restoring
  }

  async #restore(): Promise<UnsavedBuffer[]> {
    const list = await this.#options.door.listKept()
    if (this.#isDisposed) return []
    for (const buffer of list) if (!this.#open.has(buffer.path)) this.#kept.set(buffer.path, buffer)
    setKept(kept => list.forEach(buffer => this.#kept.has(buffer.path) && kept.add(buffer.path)))
    return list
  }

  /** Opens a file, or does nothing when it is open. Never rejects: what went wrong stands in the state. */
  open(path: string): Promise<void> {
    if (!documentOf(path)) putDocument(emptyDocument(path))
    return this.#inTurn(path, async () => {
      if (this.#isDisposed || this.#open.has(path)) return
      changeDocument(path, { status: 'loading', failure: null })
      let kept: UnsavedBuffer | undefined
      try {
        await this.restore()
        kept = this.#kept.get(path)
        if (isUntitled(path)) await this.#show(path, null, kept)
        else await this.#show(path, await this.#options.door.read(path), kept)
      } catch (failure) {
        if (this.#isDisposed) return
        if (kept) await this.#show(path, null, kept)
        else changeDocument(path, { status: 'failed', failure })
      }
    })
  }

  /** The path of a new buffer without a file: the lowest number that is free. */
  nextUntitled(): string {
    const used = new Set([...useDocuments.getState().documents.keys(), ...this.#kept.keys()].map(untitledNumber))
    let number = 1
    while (used.has(number)) number += 1
    return `untitled:${number}`
  }

  /** Saves; false when it could not be, and the state says why. */
  save(path: string, options: { overwrite?: boolean } = {}): Promise<boolean> {
    return this.#inTurn(path, async () => {
      const open = this.#open.get(path)
      const state = documentOf(path)
      if (!open || !state || state.isReadOnly || state.hasInvalidText) return false
      return await this.#disk.write(open, path, { expectedVersion: options.overwrite || state.conflict === 'deleted' ? null : state.version })
    })
  }

  /** Writes the text of one document to another path and leaves the first as it is; the caller shows the new file. */
  saveAs(path: string, target: string): Promise<boolean> {
    return this.#inTurn(path, async () => {
      const open = this.#open.get(path)
      if (!open) return false
      return await this.#disk.write(open, target, { expectedVersion: null, from: path })
    })
  }

  /** Throws away what is unsaved and shows what stands on disk. The person can undo it. */
  revert(path: string): Promise<void> {
    return this.#inTurn(path, async () => {
      const open = this.#open.get(path)
      if (!open) return
      await this.#disk.revert(open, path)
    })
  }

  /** The file may have changed on disk. A clean text follows it; a dirty one stays, and the state says what happened. */
  checkDisk(path: string): Promise<void> {
    return this.#inTurn(path, async () => {
      const open = this.#open.get(path)
      if (!open) {
        if (documentOf(path)?.status === 'failed') void this.open(path)
        return
      }
      if (isUntitled(path)) return
      await this.#disk.look(open, path)
    })
  }

  /** The text in the editor stays; the next save replaces what stands on disk. */
  keepMine(path: string): void {
    const theirs = documentOf(path)?.theirs
    changeDocument(path, { conflict: 'none', isComparing: false, theirs: null, ...(theirs ? { version: theirs.version } : {}) })
    this.#schedule.touch(path)
  }

  takeTheirs(path: string): Promise<void> {
    return this.revert(path)
  }

  /** A file or folder was moved by the app: open documents go with it. Answers old and new paths. */
  async moved(from: string, to: string): Promise<[string, string][]> {
    const moves = [...this.#open.keys()].map(path => [path, movedPath(path, from, to)] as [string, string]).filter(([before, after]) => before !== after)
    for (const buffer of [...this.#kept.values()]) {
      const after = movedPath(buffer.path, from, to)
      if (after === buffer.path) continue
      await this.#options.door.keep({ path: after, text: buffer.text, baseVersion: buffer.baseVersion })
      await this.#forget(buffer.path)
      this.#remember({ ...buffer, path: after })
      moves.push([buffer.path, after])
    }
    for (const [before, after] of moves) {
      const open = this.#open.get(before)
      const state = documentOf(before)
      if (!open || !state) continue
      await this.#schedule.cancel(before)
      // Under its new name before it goes under the old one: unsaved text must live through a crash, or a file that cannot be read again.
      const { isDirty, version } = documentOf(before) ?? state
      const unsaved = isDirty ? { path: after, text: open.buffer.read(), baseVersion: version } : null
      if (unsaved) this.#remember({ ...unsaved, savedAt: new Date() })
      this.#close(before)
      if (unsaved) await this.#options.door.keep(unsaved).catch(() => undefined)
      await this.#options.door.discard(before).catch(() => undefined)
      await this.open(after)
      // Kept once more, so that the state says where that fails.
      if (unsaved) this.#schedule.touch(after)
    }
    return moves
  }

  setLineEnding(path: string, lineEnding: FileContent['lineEnding']): void {
    const open = this.#open.get(path)
    if (!open || documentOf(path)?.lineEnding === lineEnding) return
    open.savedState = null
    open.buffer.setLineEnding(lineEnding)
    changeDocument(path, { lineEnding, isDirty: true })
    this.#schedule.touch(path)
  }

  setEncoding(path: string, encoding: FileContent['encoding']): void {
    const open = this.#open.get(path)
    if (!open || documentOf(path)?.encoding === encoding) return
    open.savedState = null
    changeDocument(path, { encoding, isDirty: true })
    this.#schedule.touch(path)
  }

  /** Sends whatever is not kept yet; for a page that goes away. */
  flush(): Promise<void> {
    return this.#schedule.flush()
  }

  /** Closes without asking and keeps unsaved text for later. */
  async release(path: string): Promise<void> {
    await this.#schedule.flush(path)
    const state = documentOf(path)
    const text = state?.isDirty ? this.#open.get(path)?.buffer.read() : undefined
    this.#close(path)
    // A tab that comes back finds its unsaved text again.
    if (state && text !== undefined) this.#remember({ path, text, baseVersion: state.version, savedAt: new Date() })
  }

  /** Closes and throws unsaved text away, on the person's word. */
  async forget(path: string): Promise<void> {
    await this.#inTurn(path, () => this.#forget(path))
  }

  /** Leaves the store to the next folder in this very turn; resolves when what was unsaved is kept. */
  async dispose(): Promise<void> {
    const flushed = this.flush()
    this.#isDisposed = true
    for (const path of [...this.#open.keys()]) this.#close(path)
    useDocuments.setState({ documents: new Map(), kept: new Set() })
    await flushed
  }

  async #show(path: string, disk: FileContent | null, kept: UnsavedBuffer | undefined): Promise<void> {
    const lineEnding = disk?.lineEnding ?? 'lf'
    const buffer = await this.#options.makeBuffer({ path, text: disk?.text ?? '', lineEnding })
    if (this.#isDisposed) return buffer.dispose()
    const open: OpenText = { buffer, savedState: disk || (isUntitled(path) && !kept) ? buffer.state() : null, stopListening: () => undefined, isClosed: false }
    if (kept && kept.text !== disk?.text) buffer.replace(kept.text)
    this.#open.set(path, open)
    open.stopListening = buffer.onChange(() => this.#onChange(path, open))
    this.#kept.delete(path)
    setKept(set => set.delete(path))
    const hasOtherBase = kept !== undefined && !isUntitled(path) && disk?.version !== kept.baseVersion && kept.text !== disk?.text
    putDocument({
      ...emptyDocument(path),
      status: 'ready',
      language: buffer.language,
      lineEnding,
      encoding: disk?.encoding ?? 'utf-8',
      version: hasOtherBase ? kept.baseVersion : (disk?.version ?? null),
      hasInvalidText: disk?.hasInvalidText ?? false,
      isReadOnly: disk?.isReadOnly ?? false,
      isDirty: buffer.state() !== open.savedState,
      conflict: hasOtherBase ? (disk ? 'changed' : 'deleted') : 'none',
      theirs: hasOtherBase ? disk : null,
    })
    if (kept && kept.text === disk?.text) await this.#options.door.discard(path)
  }

  #onChange(path: string, open: OpenText): void {
    const isDirty = open.buffer.state() !== open.savedState
    changeDocument(path, { isDirty })
    if (isDirty) this.#schedule.touch(path, Math.max(1, open.buffer.length() / heavyText))
    else void this.#discard(path)
  }

  async #keep(path: string): Promise<void> {
    const open = this.#open.get(path)
    const state = documentOf(path)
    if (!open || !state?.isDirty) return
    await this.#options.door.keep({ path, text: open.buffer.read(), baseVersion: state.version })
  }

  async #discard(path: string): Promise<void> {
    await this.#schedule.cancel(path)
    if (documentOf(path)?.isDirty) return
    // A buffer that stays kept comes back as an offer at the next start; nothing is lost by it.
    await this.#options.door.discard(path).catch(() => undefined)
  }

  #remember(buffer: UnsavedBuffer): void {
    this.#kept.set(buffer.path, buffer)
    setKept(kept => kept.add(buffer.path))
  }

  async #forget(path: string): Promise<void> {
    await this.#schedule.cancel(path)
    this.#close(path)
    this.#kept.delete(path)
    setKept(kept => kept.delete(path))
    await this.#options.door.discard(path).catch(() => undefined)
  }

  #close(path: string): void {
    const open = this.#open.get(path)
    this.#open.delete(path)
    if (open) open.isClosed = true
    open?.stopListening()
    open?.buffer.dispose()
    dropDocument(path)
  }

  /** Runs what concerns one document after what was asked of it before. */
  #inTurn<T>(path: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.#turns.get(path) ?? Promise.resolve()).then(work, work)
    this.#turns.set(path, turn)
    return turn
  }
}
