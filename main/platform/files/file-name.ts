const reservedOnWindows = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?$/i

/** Why a name cannot be given to a file or folder here, in words; null when it can. Newlines and emoji are fine on Linux and macOS. */
export function nameProblem(name: string, platform: NodeJS.Platform = process.platform): string | null {
  if (name === '') return 'it is empty'
  if (name === '.' || name === '..') return 'it stands for a folder already'
  if (name.includes('/')) return 'it holds a slash'
  if (name.includes('\0')) return 'it holds a character that no file name may hold'
  const length = platform === 'win32' ? name.length : new TextEncoder().encode(name).length
  if (length > 255) return platform === 'win32' ? 'it is longer than 255 characters' : 'it is longer than 255 bytes'
  if (platform !== 'win32') return null
  // Windows refuses control characters and these signs in names.
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[<>:"\\|?*\u0001-\u001f]/.test(name)) return 'it holds one of < > : " \\ | ? * or a control character'
  if (/[. ]$/.test(name)) return 'it ends with a dot or a space'
  return reservedOnWindows.test(name) ? 'Windows keeps this name for a device' : null
}
