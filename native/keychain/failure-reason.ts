/** What the words of a refusal mean; the library gives every one of them the same code. */
export function failureReason(error: unknown): 'absent' | 'locked' | 'refused' {
  const words = error instanceof Error ? error.message : ''
  // A daemon that was started and never unlocked has no collection to write to.
  if (/no result found|locked|prompt|dismiss/i.test(words)) return 'locked'
  if (/d-?bus|zbus|connect|ServiceUnknown|not provided|No such file/i.test(words)) return 'absent'
  return 'refused'
}
