/** The parts of a keyboard event that bindings look at. */
export interface KeyStroke {
  key: string
  code: string
  ctrlKey: boolean
  metaKey: boolean
  altKey: boolean
  shiftKey: boolean
  isAltGraph: boolean
}

export interface KeyBinding {
  key: string
  isCtrl: boolean
  isAlt: boolean
  isShift: boolean
}

const codeBySymbol: Record<string, string> = {
  '`': 'Backquote', '-': 'Minus', '=': 'Equal', '[': 'BracketLeft', ']': 'BracketRight', '\\': 'Backslash', ';': 'Semicolon', "'": 'Quote', ',': 'Comma', '.': 'Period', '/': 'Slash',
}

/** `Ctrl+Shift+P`, `Alt+\`, `F2`; `Ctrl` stands for Command on a Mac. */
export function parseBinding(binding: string): KeyBinding {
  const parts = binding.split(/\+(?=.)/)
  return { key: parts.at(-1) ?? '', isCtrl: parts.includes('Ctrl'), isAlt: parts.includes('Alt'), isShift: parts.includes('Shift') }
}

/** Letters go by what is printed, or by their place where the layout prints no Latin letter; symbols by either. */
function isKey(stroke: KeyStroke, key: string): boolean {
  if (stroke.key.toLowerCase() === key.toLowerCase()) return true
  if (/^[a-z]$/i.test(key)) return !/^[a-z]$/i.test(stroke.key) && stroke.code === `Key${key.toUpperCase()}`
  if (/^\d$/.test(key)) return stroke.code === `Digit${key}`
  return codeBySymbol[key] === stroke.code && codeBySymbol[key] !== undefined
}

export function matchesBinding(stroke: KeyStroke, binding: KeyBinding, isMac: boolean): boolean {
  // AltGr types characters; some systems report it as Ctrl+Alt.
  if (stroke.isAltGraph) return false
  const isCommand = isMac ? stroke.metaKey : stroke.ctrlKey
  const isOther = isMac ? stroke.ctrlKey : stroke.metaKey
  if (isOther) return false
  return isCommand === binding.isCtrl && stroke.altKey === binding.isAlt && stroke.shiftKey === binding.isShift && isKey(stroke, binding.key)
}

/** A shell needs these itself: Ctrl with a letter, Alt with a letter, and the editing keys. */
export function belongsToTerminal(binding: KeyBinding, isMac: boolean): boolean {
  if (isMac && binding.isCtrl) return false
  if (/^F\d+$/.test(binding.key) || binding.isShift || (binding.isCtrl && binding.isAlt)) return false
  return /^[a-z\\[\]]$/i.test(binding.key)
}
