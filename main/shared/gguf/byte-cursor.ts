import { AppError } from '../errors.ts'

// Every runtime has it; the types of shared code know no runtime.
declare const TextDecoder: new (label: 'utf-8') => { decode(bytes: Uint8Array): string }

/** A file to read a header from. `read` may give fewer bytes only at the end of the file. */
export interface GgufSource {
  /** For error messages only. */
  path: string
  sizeBytes: number
  read(offset: number, length: number): Promise<Uint8Array>
}

const windowBytes = 1 << 18
/** The largest vocabularies known need some 20 MB. */
const headerLimitBytes = 64 << 20

/** Walks through a file window by window: reads are synchronous while the window holds enough, so that a header of a million strings stays fast. */
export class ByteCursor {
  readonly #source: GgufSource
  readonly #decoder = new TextDecoder('utf-8')
  #window: Uint8Array = new Uint8Array(0)
  #view: DataView = new DataView(new ArrayBuffer(0))
  #windowStart = 0
  #at = 0

  constructor(source: GgufSource) {
    this.#source = source
  }

  get position(): number {
    return this.#windowStart + this.#at
  }

  fail(reason: string): never {
    throw new AppError('MODEL_FILE_INVALID', { path: this.#source.path, reason })
  }

  holds(length: number): boolean {
    return this.#window.length - this.#at >= length
  }

  /** Makes sure that the next `length` bytes can be read; `what` names them when the file ends before. */
  async need(length: number, what: string): Promise<void> {
    if (this.holds(length)) return
    const start = this.position
    if (start + length > this.#source.sizeBytes) this.fail(`The file ends in the middle of ${what}.`)
    if (start + length > headerLimitBytes) this.fail('The header is larger than 64 MB.')
    const wanted = Math.min(Math.max(length, windowBytes), this.#source.sizeBytes - start)
    const window = await this.#source.read(start, wanted)
    if (window.length < length) this.fail(`The file ends in the middle of ${what}.`)
    this.#window = window
    this.#view = new DataView(window.buffer, window.byteOffset, window.byteLength)
    this.#windowStart = start
    this.#at = 0
  }

  /** Passes over bytes without reading them. */
  skip(length: number, what: string): void {
    if (this.position + length > this.#source.sizeBytes) this.fail(`The file ends in the middle of ${what}.`)
    if (this.position + length > headerLimitBytes) this.fail('The header is larger than 64 MB.')
    if (this.holds(length)) {
      this.#at += length
      return
    }
    this.#windowStart = this.position + length
    this.#window = new Uint8Array(0)
    this.#at = 0
  }

  // What follows wants `need` first.

  u8 = (): number => this.#view.getUint8(this.#advance(1))
  i8 = (): number => this.#view.getInt8(this.#advance(1))
  u16 = (): number => this.#view.getUint16(this.#advance(2), true)
  i16 = (): number => this.#view.getInt16(this.#advance(2), true)
  u32 = (): number => this.#view.getUint32(this.#advance(4), true)
  i32 = (): number => this.#view.getInt32(this.#advance(4), true)
  f32 = (): number => this.#view.getFloat32(this.#advance(4), true)
  f64 = (): number => this.#view.getFloat64(this.#advance(8), true)
  /** Exact up to 2^53; larger values come out rounded, which every check on them refuses. */
  u64 = (): number => Number(this.#view.getBigUint64(this.#advance(8), true))
  i64 = (): number => Number(this.#view.getBigInt64(this.#advance(8), true))
  text = (length: number): string => {
    const start = this.#advance(length)
    return this.#decoder.decode(this.#window.subarray(start, start + length))
  }

  #advance(length: number): number {
    const at = this.#at
    this.#at += length
    return at
  }
}
