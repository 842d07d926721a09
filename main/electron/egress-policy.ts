import { desktopOrigin } from '#shared/port-handshake.ts'

/** Switches that keep Chromium's own stack from the network; set before Electron is ready. The page needs no address at all. */
export const networkSwitches: readonly (readonly [name: string, value?: string])[] = [
  ['host-resolver-rules', 'MAP * ~NOTFOUND'],
  ['force-webrtc-ip-handling-policy', 'disable_non_proxied_udp'],
  ['disable-background-networking'],
  ['disable-component-update'],
  ['disable-domain-reliability'],
  ['no-pings'],
]

/** A proxy where nobody listens, for loopback too: a second wall behind the resolver's. */
export const deadProxy = { mode: 'fixed_servers', proxyRules: 'http://127.0.0.1:9', proxyBypassRules: '<-loopback>' } as const

/** Whether Chromium may load this address: the page's own files, and dev tools where the program runs from its source. */
export function mayLoad(address: string, isPackaged: boolean): boolean {
  if (address.startsWith(`${desktopOrigin}/`) || address.startsWith(`blob:${desktopOrigin}/`)) return true
  if (address.startsWith('data:image/') || address.startsWith('data:font/')) return true
  return !isPackaged && address.startsWith('devtools://devtools/')
}
