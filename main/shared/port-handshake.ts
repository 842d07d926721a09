/**
 * Message by which the page hands one end of its channel to the preload, and the preload to the host:
 * `window.postMessage(portHandshake, location.origin, [port])`, and the IPC channel of the same name.
 */
export const portHandshake = 'cortex:port'

/** Where the desktop's page lives; the host is part of the origin that every sender check compares. */
export const desktopOrigin = 'app://cortex'
