/** Where a terminal's parser stands: in plain text, or inside one of its sequences. */
type State = 'text' | 'escape' | 'control' | 'command' | 'string' | 'string-escape'

// ESC and the one-character forms of CSI, OSC, DCS, SOS, PM and APC.
// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const introducer = /[\x1b\x90\x98\x9b\x9d-\x9f]/g
 
const modeChange = /^\?([\d;]+)([hl])$/

/** Modes whose loss would show: cursor keys, wrap, cursor, mouse, other screen, focus, bracketed paste. */
const keptModes = new Set(['1', '7', '25', '47', '1000', '1002', '1003', '1004', '1006', '1015', '1047', '1049', '2004'])

/** Follows output through escape sequences, so that text is only ever cut between them, and remembers the modes that were set. */
export class EscapeScanner {
  readonly modes = new Map<string, 'h' | 'l'>()
  #state: State = 'text'
  #control = ''
  #hasRead = false

  get hasRead(): boolean {
    return this.#hasRead
  }

  copy(): EscapeScanner {
    const copy = new EscapeScanner()
    for (const [mode, final] of this.modes) copy.modes.set(mode, final)
    copy.#state = this.#state
    copy.#control = this.#control
    copy.#hasRead = this.#hasRead
    return copy
  }

  /** What to put before text that starts where the scanner stands: nothing, or the opening of the sequence that was cut. */
  get opening(): string {
    if (this.#state === 'text') return ''
    if (this.#state === 'control') return '\x1b['
    // A command that no terminal knows, and a privacy message: both are read to their end and ignored.
    if (this.#state === 'command') return '\x1b]x'
    return this.#state === 'escape' ? '\x1b' : '\x1b^'
  }

  /**
   * The first safe place at or behind `wanted`, behind a line end where one comes soon. Null: all that follows belongs to one open sequence.
   * The text before the place counts as read.
   */
  cut(text: string, wanted: number): number | null {
    const before: [State, string] = [this.#state, this.#control]
    let fallback: number | null = null
    for (let index = 0; index < text.length; index++) {
      if (this.#state === 'text') {
        const next = introducerFrom(text, index)
        const from = Math.max(index, wanted)
        if (next > from) {
          const line = text.indexOf('\n', from)
          if (line !== -1 && line < next) return line + 1
          fallback ??= isLowSurrogate(text.charCodeAt(from)) ? from + 1 : from
          if (next - fallback > lineSearch) return fallback
        }
        if (next === text.length) return fallback ?? text.length
        index = next
      }
      this.#step(text.charCodeAt(index))
    }
    if (this.#state === 'text') return text.length
    ;[this.#state, this.#control] = fallback === null ? before : (['text', ''] satisfies [State, string])
    return fallback
  }

  /** Reads all of `text`, whatever it ends in. */
  skip(text: string): void {
    this.#hasRead = true
    for (let index = 0; index < text.length; index++) {
      if (this.#state === 'text') {
        index = introducerFrom(text, index)
        if (index === text.length) return
      }
      this.#step(text.charCodeAt(index))
    }
  }

  #step(code: number): void {
    switch (this.#state) {
      case 'text':
        this.#state = code === 0x1b ? 'escape' : code === 0x9b ? 'control' : code === 0x9d ? 'command' : 'string'
        this.#control = ''
        return
      case 'escape':
        this.#afterEscape(code)
        return
      case 'control':
        if (code === 0x1b) this.#state = 'escape'
        else if (code === 0x18 || code === 0x1a) this.#state = 'text'
        else if (code >= 0x40 && code <= 0x7e) this.#endControl(String.fromCharCode(code))
        else if (code >= 0x20 && this.#control.length < 64) this.#control += String.fromCharCode(code)
        return
      case 'command':
      case 'string':
        if (code === 0x9c || code === 0x18 || code === 0x1a || (code === 0x07 && this.#state === 'command')) this.#state = 'text'
        else if (code === 0x1b) this.#state = 'string-escape'
        return
      case 'string-escape':
        // ESC ends the string whatever follows; only `\` belongs to its end.
        if (code === 0x5c) this.#state = 'text'
        else this.#afterEscape(code)
    }
  }

  #afterEscape(code: number): void {
    this.#control = ''
    if (code === 0x5b) this.#state = 'control'
    else if (code === 0x5d) this.#state = 'command'
    else if (code === 0x50 || code === 0x58 || code === 0x5e || code === 0x5f) this.#state = 'string'
    else if (code === 0x63) this.#reset()
    // Intermediate characters, as in ESC ( B, and a repeated ESC keep it open.
    else this.#state = (code >= 0x20 && code <= 0x2f) || code === 0x1b ? 'escape' : 'text'
  }

  #endControl(final: string): void {
    this.#state = 'text'
    const change = modeChange.exec(this.#control + final)
    if (!change) return
    for (const mode of (change[1] ?? '').split(';')) if (keptModes.has(mode)) this.modes.set(mode, final === 'h' ? 'h' : 'l')
  }

  #reset(): void {
    this.#state = 'text'
    this.modes.clear()
  }
}

/** How far behind the wanted place a line end is looked for. */
const lineSearch = 4096

function introducerFrom(text: string, index: number): number {
  introducer.lastIndex = index
  return introducer.exec(text)?.index ?? text.length
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff
}
