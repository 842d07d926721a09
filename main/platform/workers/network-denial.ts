import { execFile } from 'node:child_process'

/** A program and its arguments that put what follows them out of reach of the network, in the same process. */
export type NetworkDenial = readonly [program: string, ...args: string[]]

/** Both replace themselves by the program they start, so its process id and its inherited descriptors stay the real ones. */
const candidates: Record<string, NetworkDenial[]> = {
  linux: [
    ['unshare', '--user', '--map-current-user', '--net', '--'],
    ['unshare', '--user', '--map-root-user', '--net', '--'],
  ],
  darwin: [['/usr/bin/sandbox-exec', '-p', '(version 1)(allow default)(deny network*)']],
}

/** The first way that works on this machine, or null: some systems forbid it to plain users. */
export async function findNetworkDenial(platform: string = process.platform): Promise<NetworkDenial | null> {
  for (const candidate of candidates[platform] ?? []) {
    if (await runs(candidate)) return candidate
  }
  return null
}

function runs([program, ...args]: NetworkDenial): Promise<boolean> {
  return new Promise(resolve => {
    execFile(program, [...args, 'true'], { timeout: 5000 }, error => resolve(error === null))
  })
}
