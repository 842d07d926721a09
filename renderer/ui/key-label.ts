export const isMac = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.platform)

const macNames: Record<string, string> = { Ctrl: '⌘', Alt: '⌥', Shift: '⇧', Enter: '↵', Backspace: '⌫' }
const names: Record<string, string> = { ArrowUp: '↑', ArrowDown: '↓', ArrowLeft: '←', ArrowRight: '→', Enter: '↵', Escape: 'Esc', ' ': 'Space' }

/** `Ctrl+Shift+P` → the keys as this platform writes them. */
export function keyLabels(binding: string, mac = isMac): string[] {
  return binding.split(/\+(?=.)/).map(part => (mac ? macNames[part] : undefined) ?? names[part] ?? part)
}

/** For tooltips and screen readers: `Ctrl Shift P`. */
export function keyText(binding: string, mac = isMac): string {
  return keyLabels(binding, mac).join(mac ? '' : ' ')
}
