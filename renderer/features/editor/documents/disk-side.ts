import type { FileContent } from '#shared/contract/files.ts'
import { changeDocument, documentOf } from './document-state.ts'
import { codeOf, type FilesDoor, type SaveRules } from './files-door.ts'
import type { TextBuffer } from './text-buffer.ts'
import { textToSave } from './text-to-save.ts'

/** The text of an open document and what of it stands on disk. */
export interface OpenText {
  buffer: TextBuffer
  /** State of the text that stands on disk; null when no state of this text does. */
  savedState: number | null
  stopListening: () => void
  /** The tab or the folder went: what still comes back from the disk concerns nobody. */
  isClosed: boolean
}

export interface DiskSideOptions {
  door: Pick<FilesDoor, 'read' | 'write'>
  saveRules: () => SaveRules
  /** The text is the one on disk: nothing of it need be kept. */
  onClean: (path: string) => void
}

/** What happens between the text in the editor and the file on disk. What went wrong stands in the document's state. */
export class DiskSide {
  readonly #options: DiskSideOptions
  constructor(options: DiskSideOptions) {
    this.#options = options
  }

  /** Saves to `target`; with `from` the text of that document goes to another file and the document stays as it is. */
  async write(open: OpenText, target: string, options: { expectedVersion: string | null; from?: string }): Promise<boolean> {
    const path = options.from ?? target
    const state = documentOf(path)
    if (!state) return false
    open.buffer.replace(textToSave(open.buffer.read(), this.#options.saveRules()))
    const text = open.buffer.read()
    const savedState = open.buffer.state()
    changeDocument(path, { isSaving: true, saveFailure: null })
    try {
      const { encoding, lineEnding } = state
      const { version } = await this.#options.door.write({ path: target, text, encoding, lineEnding, expectedVersion: options.expectedVersion })
      if (open.isClosed) return true
      changeDocument(path, { isSaving: false })
      if (options.from) return true
      open.savedState = savedState
      changeDocument(path, { version, isDirty: open.buffer.state() !== savedState, conflict: 'none', theirs: null, isComparing: false })
      if (!documentOf(path)?.isDirty) this.#options.onClean(path)
      return true
    } catch (failure) {
      if (open.isClosed) return false
      changeDocument(path, { isSaving: false })
      if (codeOf(failure) === 'FILE_CHANGED_ON_DISK' && !options.from) await this.#learnTheirs(open, path)
      else changeDocument(path, { saveFailure: failure })
      return false
    }
  }

  /** Shows what stands on disk in place of the text. */
  async revert(open: OpenText, path: string): Promise<void> {
    try {
      const disk = await this.#options.door.read(path)
      if (!open.isClosed) this.#take(open, path, disk)
    } catch (failure) {
      if (!open.isClosed) changeDocument(path, { saveFailure: failure })
    }
  }

  /** Looks at the file again. */
  async look(open: OpenText, path: string): Promise<void> {
    try {
      this.#meet(open, path, await this.#options.door.read(path), false)
    } catch (failure) {
      if (!open.isClosed && codeOf(failure) === 'FILE_NOT_FOUND') changeDocument(path, { conflict: 'deleted', theirs: null, isComparing: false })
    }
  }

  async #learnTheirs(open: OpenText, path: string): Promise<void> {
    try {
      this.#meet(open, path, await this.#options.door.read(path), true)
    } catch (failure) {
      if (open.isClosed) return
      if (codeOf(failure) === 'FILE_NOT_FOUND') changeDocument(path, { conflict: 'deleted', theirs: null })
      else changeDocument(path, { saveFailure: failure })
    }
  }

  /** The text on disk meets the text in the editor: a clean text follows, one that is edited or being saved stays. */
  #meet(open: OpenText, path: string, disk: FileContent, isSaving: boolean): void {
    const state = documentOf(path)
    if (!state || open.isClosed) return
    if (disk.version === state.version && state.conflict === 'none') return
    if ((!state.isDirty && !isSaving) || open.buffer.read() === disk.text) this.#take(open, path, disk)
    else if (disk.version === state.version) changeDocument(path, { conflict: 'none', theirs: null, isComparing: false })
    else changeDocument(path, { conflict: 'changed', theirs: disk })
  }

  #take(open: OpenText, path: string, disk: FileContent): void {
    open.buffer.replace(disk.text)
    open.savedState = open.buffer.state()
    const { version, encoding, lineEnding, hasInvalidText, isReadOnly } = disk
    changeDocument(path, { version, encoding, lineEnding, hasInvalidText, isReadOnly, conflict: 'none', theirs: null, isComparing: false, isDirty: false, saveFailure: null })
    this.#options.onClean(path)
  }
}
