/** Whether the words of the command line are those of `cortex doctor --no-enforcement`. */
export function wantsNoEnforcement(words: readonly string[]): boolean {
  const end = words.indexOf('--')
  const known = end === -1 ? words : words.slice(0, end)
  const at = known.findIndex((word, index) => !word.startsWith('-') && !optionsWithValue.has(known[index - 1] ?? ''))
  return at !== -1 && known[at] === 'doctor' && known.includes('--no-enforcement', at)
}

/** Of the program itself, which stand before the command. */
const optionsWithValue = new Set(['--model', '--passphrase-fd'])
