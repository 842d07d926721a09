import { app, session, type Session, type WebContents } from 'electron/main'
import { desktopOrigin } from '#shared/port-handshake.ts'
import { deadProxy, mayLoad, networkSwitches } from './egress-policy.ts'
import { mayNavigate, mayUse } from './navigation-policy.ts'

/** Must run before Electron is ready: the sandbox for every page, and Chromium's own stack kept from the network. */
export function lockDownProgram(): void {
  app.enableSandbox()
  for (const [name, value] of networkSwitches) app.commandLine.appendSwitch(name, value)
}

/** Must run once Electron is ready, before the first window. Everything a page could ask for is refused unless a policy names it. */
export async function lockDownSessions(openLink: (address: string) => void, noteRefused: (address: string) => void): Promise<void> {
  app.configureHostResolver({ secureDnsMode: 'off', enableBuiltInResolver: false })
  await app.setProxy(deadProxy)
  app.on('session-created', created => void lockDownSession(created, noteRefused))
  app.on('web-contents-created', (_event, contents) => lockDownContents(contents, openLink))
  await lockDownSession(session.defaultSession, noteRefused)
}

async function lockDownSession(one: Session, noteRefused: (address: string) => void): Promise<void> {
  one.setPermissionRequestHandler((contents, permission, answer, details) => {
    answer(mayUse(permission, originOf(details.requestingUrl || contents.getURL()), details.isMainFrame))
  })
  one.setPermissionCheckHandler((_contents, permission, origin, details) => mayUse(permission, origin, details.isMainFrame))
  one.setDevicePermissionHandler(() => false)
  one.setDisplayMediaRequestHandler((_request, answer) => answer({}))
  one.setSpellCheckerEnabled(false)
  // Should it ever be turned on, Electron would fetch dictionaries from elsewhere.
  one.setSpellCheckerDictionaryDownloadURL(`${desktopOrigin}/dictionaries/`)
  one.webRequest.onBeforeRequest((details, answer) => {
    const isRefused = !mayLoad(details.url, app.isPackaged)
    if (isRefused) noteRefused(details.url)
    answer({ cancel: isRefused })
  })
  one.on('will-download', event => event.preventDefault())
  await one.setProxy(deadProxy)
}

function lockDownContents(contents: WebContents, openLink: (address: string) => void): void {
  contents.on('will-frame-navigate', event => {
    if (!mayNavigate(contents.getURL(), event.url, event.isMainFrame)) event.preventDefault()
  })
  contents.on('will-redirect', event => event.preventDefault())
  contents.on('will-attach-webview', event => event.preventDefault())
  contents.setWindowOpenHandler(({ url }) => {
    openLink(url)
    return { action: 'deny' }
  })
  contents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp')
}

function originOf(address: string): string {
  if (!URL.canParse(address)) return ''
  const { protocol, host } = new URL(address)
  // `origin` is "null" for a scheme that Node does not know as special.
  return `${protocol}//${host}`
}
