import { contextBridge, ipcRenderer } from 'electron/renderer'
import { portHandshake } from '#shared/port-handshake.ts'

/**
 * The whole bridge: the page makes a MessageChannel and this forwards one end to the host, which checks the sender.
 * Nothing is exposed to the page; every call goes through the port and is checked there against the contract.
 */
// No content policy stops WebRTC; this runs before any script of the page.
contextBridge.executeInMainWorld({
  func: () => {
    for (const name of ['RTCPeerConnection', 'webkitRTCPeerConnection']) Reflect.deleteProperty(globalThis, name)
  },
})

window.addEventListener('message', event => {
  if (event.source !== window || event.origin !== location.origin || event.data !== portHandshake) return
  const [port, ...others] = event.ports
  if (port === undefined || others.length > 0) return
  event.stopImmediatePropagation()
  ipcRenderer.postMessage(portHandshake, null, [port])
})
