import { askKeychain } from './ask-keychain.ts'
import { KeychainRequest } from './contract.ts'

// A keychain may ask the person and never return: its library runs here, where the host can end it.
process.on('message', message => {
  const request = KeychainRequest.safeParse(JSON.parse(String(message)))
  if (request.success) void askKeychain(request.data).then(reply => process.send?.(reply))
})
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
// A terminal's Ctrl-C goes to the host's whole group; the host decides what it means.
process.on('SIGINT', () => undefined)
