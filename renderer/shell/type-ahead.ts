/** A key pressed for a view that is not drawn yet. */
export interface EarlyKey {
  /** As in `KeyboardEvent.key`. */
  key: string
  isCtrl: boolean
}

interface Hold {
  owner: string
  keys: EarlyKey[]
  stop: () => void
}

const LONGEST_WAIT = 10_000
const modifiers = new Set(['Shift', 'Control', 'Alt', 'AltGraph', 'Meta', 'CapsLock', 'NumLock', 'Fn'])
let hold: Hold | null = null

/**
 * Holds what is typed from now on for a view that was asked for and takes the focus once it is drawn. A click, or a key that the
 * view does not accept, means that the person went elsewhere: then nothing is held any more.
 */
export function holdKeys(owner: string, accepts: (key: EarlyKey) => boolean, isThere: () => boolean = () => false): void {
  if (hold?.owner === owner) return
  hold?.stop()
  const keys: EarlyKey[] = []
  const onKeyDown = (event: KeyboardEvent): void => {
    if (modifiers.has(event.key) || event.repeat) return
    // A shortcut leads elsewhere; in the view itself nothing has to be held.
    if (event.defaultPrevented || isThere()) return stop()
    if (document.querySelector('[data-modal][data-state=open]')) return
    const isAltGraph = event.getModifierState('AltGraph')
    const pressed = { key: event.key, isCtrl: event.ctrlKey && !isAltGraph }
    const isChord = event.metaKey || (event.altKey && !isAltGraph) || (event.shiftKey && event.key.length > 1)
    if (event.isComposing || isChord || !accepts(pressed)) return stop()
    event.preventDefault()
    event.stopPropagation()
    keys.push(pressed)
  }
  const stop = (): void => {
    clearTimeout(timer)
    window.removeEventListener('keydown', onKeyDown, true)
    window.removeEventListener('pointerdown', stop, true)
    if (hold?.keys === keys) hold = null
  }
  const timer = setTimeout(stop, LONGEST_WAIT)
  window.addEventListener('keydown', onKeyDown, true)
  window.addEventListener('pointerdown', stop, true)
  hold = { owner, keys, stop }
}

/** Ends the hold; answers what was pressed meanwhile, in order. Nothing where another view holds the keys. */
export function takeKeys(owner: string): EarlyKey[] {
  if (hold?.owner !== owner) return []
  const { keys, stop } = hold
  stop()
  return keys
}

export function isText({ key, isCtrl }: EarlyKey): boolean {
  return key.length === 1 && !isCtrl
}
