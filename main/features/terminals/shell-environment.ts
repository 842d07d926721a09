/** Variables of Cortex and of the programs that start it; a shell is the person's and sees none of them. */
const ownNames = /^(CORTEX_|ELECTRON_|npm_|VITE_|VITEST)|^(NODE_CHANNEL_FD|NODE_CHANNEL_SERIALIZATION_MODE|UV_THREADPOOL_SIZE|INIT_CWD|OLDPWD|TERM_PROGRAM_VERSION|COLUMNS|LINES)$/
const ownPathEntry = /[\\/](node_modules[\\/]\.bin|node-gyp-bin)[\\/]?$/

/** The environment for a shell: the person's own, and what the terminal is. */
export function shellEnvironment(host: NodeJS.ProcessEnv, platform: string = process.platform): Record<string, string> {
  const kept: Record<string, string> = {}
  for (const [name, value] of Object.entries(host)) if (value !== undefined && !ownNames.test(name)) kept[name] = value
  const isStartedByNpm = host['npm_lifecycle_event'] !== undefined
  if (isStartedByNpm && kept['PATH'] !== undefined) kept['PATH'] = withoutOwnEntries(kept['PATH'], platform)
  const hasLocale = ['LC_ALL', 'LC_CTYPE', 'LANG'].some(name => kept[name])
  // Without a locale programs write question marks for every letter that is not ASCII.
  if (!hasLocale && platform !== 'win32') kept['LANG'] = platform === 'darwin' ? 'en_US.UTF-8' : 'C.UTF-8'
  return { ...kept, TERM: 'xterm-256color', COLORTERM: 'truecolor', TERM_PROGRAM: 'Cortex' }
}

function withoutOwnEntries(path: string, platform: string): string {
  const separator = platform === 'win32' ? ';' : ':'
  return path
    .split(separator)
    .filter(entry => !ownPathEntry.test(entry))
    .join(separator)
}
