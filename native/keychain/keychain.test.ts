import { describe, expect, it } from 'vitest'
import { backendName } from './backend-name.ts'
import { failureReason } from './failure-reason.ts'

describe('the keychain process', () => {
  it('understands what the library says', () => {
    const cases: [string, string][] = [
      ['Platform failure: DBus error: Using X11 for dbus-daemon autolaunch was disabled at compile time', 'absent'],
      ['zbus error: Failed to connect to address unix:path=/run/user/0/bus', 'absent'],
      ['org.freedesktop.DBus.Error.ServiceUnknown: The name org.freedesktop.secrets was not provided', 'absent'],
      ["Couldn't access platform storage: Secret Service: no result found", 'locked'],
      ['The collection is locked', 'locked'],
      ["Couldn't access platform storage: AccessDenied", 'refused'],
    ]
    for (const [words, reason] of cases) expect(failureReason(new Error(words)), words).toBe(reason)
    expect(failureReason('nothing')).toBe('refused')
  })

  it('names what answers by what it is', async () => {
    expect(await backendName('darwin')).toBe('macOS Keychain')
    expect(await backendName('win32')).toBe('Windows Credential Manager')
    const found = await backendName('linux')
    expect(typeof found === 'string' ? found : found.processId > 0).toSatisfy(value => value === 'Secret Service' || value === true)
  })
})
