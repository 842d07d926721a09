/**
 * The address as it would be opened, or null for anything but a plain web address. Written out whole by the URL parser, so that
 * what is shown is what opens: look-alike hosts come back as punycode and a name or password before the host refuses the link.
 */
export function webLink(text: string): string | null {
  if (text.length > 4096 || hasControlOrSpace(text)) return null
  let url: URL
  try {
    url = new URL(text)
  } catch {
    return null
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return null
  if (url.username !== '' || url.password !== '' || url.hostname === '') return null
  return url.href
}

function hasControlOrSpace(text: string): boolean {
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    // C0, space, DEL and C1, zero-width and direction marks, tags: none belongs in an address that a person reads.
    if (code <= 0x20 || (code >= 0x7f && code <= 0xa0)) return true
    if ((code >= 0x200b && code <= 0x200f) || (code >= 0x2028 && code <= 0x202f) || (code >= 0x2060 && code <= 0x206f)) return true
    if (code === 0xfeff || code === 0x5c || (code >= 0xe0000 && code <= 0xe007f)) return true
  }
  return false
}
