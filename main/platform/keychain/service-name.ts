import { readFileSync } from 'node:fs'

const unknownService = 'Secret Service'

/** What a person calls the program that answers, by the beginning of its process's name. */
const services: readonly (readonly [string, string])[] = [
  ['gnome-keyring', 'GNOME Keyring'],
  ['kwallet', 'Secret Service (KWallet)'],
  ['ksecretd', 'Secret Service (KWallet)'],
  ['keepassxc', 'Secret Service (KeePassXC)'],
  ['oo7', 'Secret Service (oo7)'],
]

export function serviceName(processName: string): string {
  return services.find(([start]) => processName.startsWith(start))?.[1] ?? unknownService
}

/** Asked by the host: a confined process sees none but its own processes. */
export function nameOfProcess(processId: number): string {
  try {
    return serviceName(readFileSync(`/proc/${processId}/comm`, 'utf8').trim())
  } catch {
    return unknownService
  }
}
