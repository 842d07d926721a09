/** Names of the host's environment that a worker may see; everything else, tokens and keys above all, stays out. */
const allowedNames = new Set([
  'PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'LANG', 'LANGUAGE', 'TZ', 'TMPDIR', 'TEMP', 'TMP',
  'SYSTEMROOT', 'WINDIR', 'COMSPEC', 'PATHEXT', 'USERPROFILE', 'APPDATA', 'LOCALAPPDATA', 'PROGRAMDATA', 'NUMBER_OF_PROCESSORS',
  // Graphics drivers are found through these.
  'LD_LIBRARY_PATH', 'CUDA_VISIBLE_DEVICES', 'CUDA_PATH', 'VK_ICD_FILENAMES', 'VK_DRIVER_FILES', 'XDG_DATA_DIRS',
])

export function workerEnvironment(host: NodeJS.ProcessEnv, added: Record<string, string>): Record<string, string> {
  const kept: Record<string, string> = {}
  for (const [name, value] of Object.entries(host)) {
    const upper = name.toUpperCase()
    if (value !== undefined && (allowedNames.has(upper) || upper.startsWith('LC_'))) kept[name] = value
  }
  return { ...kept, ...added }
}
