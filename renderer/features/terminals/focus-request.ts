/** A terminal that shall have the focus as soon as it is drawn: `any` is whichever is in front. */
let wanted: string | null = null

export function requestFocus(id: string = 'any'): void {
  wanted = id
}

export function takeFocusRequest(id: string): boolean {
  if (wanted !== 'any' && wanted !== id) return false
  wanted = null
  return true
}
