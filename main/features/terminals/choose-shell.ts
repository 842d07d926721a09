import { accessSync, constants } from 'node:fs'
import { userInfo } from 'node:os'

export interface ShellChoice {
  shell: string
  args: string[]
}

interface Candidates {
  /** The setting; empty for none. A wrong one is taken all the same, so that starting says what is wrong with it. */
  setting: string
  environment: NodeJS.ProcessEnv
  platform?: string
  loginShell?: () => string | null
  isExecutable?: (path: string) => boolean
}

/** The shell of the setting, else of `$SHELL`, else of the account, else one that every system has. */
export function chooseShell({ setting, environment, platform = process.platform, loginShell = accountShell, isExecutable = canExecute }: Candidates): ShellChoice {
  // On macOS every terminal starts login shells, and profiles are written for that.
  const args = platform === 'darwin' ? ['-l'] : []
  if (setting !== '') return { shell: setting, args }
  if (platform === 'win32') return { shell: environment['COMSPEC'] ?? 'C:\\Windows\\System32\\cmd.exe', args: [] }
  const candidates = [environment['SHELL'], loginShell(), '/bin/bash']
  const found = candidates.find(path => path && path.startsWith('/') && isExecutable(path))
  return { shell: found ?? '/bin/sh', args }
}

function accountShell(): string | null {
  try {
    return userInfo().shell
  } catch {
    // An account without an entry in the user database.
    return null
  }
}

function canExecute(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
