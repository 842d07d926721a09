import { execFile } from 'node:child_process'

const limitMilliseconds = 1000
const unknownService = 'Secret Service'

/** The name of this system's keychain, or the process that is it, once it is known that it answers. */
export async function backendName(platform: string = process.platform): Promise<string | { processId: number }> {
  if (platform === 'darwin') return 'macOS Keychain'
  if (platform === 'win32') return 'Windows Credential Manager'
  const owner = await ownerOf('org.freedesktop.secrets')
  return owner === null ? unknownService : { processId: owner }
}

/** The process that owns a name on the session bus; null where the bus cannot be asked. */
function ownerOf(busName: string): Promise<number | null> {
  const question = ['--session', '--print-reply=literal', '--dest=org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus.GetConnectionUnixProcessID', `string:${busName}`]
  return new Promise(resolve => {
    execFile('dbus-send', question, { timeout: limitMilliseconds }, (error, output) => {
      const pid = error ? undefined : /uint32 (\d+)/.exec(output)?.[1]
      resolve(pid === undefined ? null : Number(pid))
    })
  })
}
