import { readFile } from 'node:fs/promises'
import type { Socket } from 'node:net'

/** Linux lists every connection of its own network with the account that made it; a browser may connect over IPv6 sockets too. */
const tables = ['/proc/self/net/tcp', '/proc/self/net/tcp6']

/**
 * False when another account of this machine is known to stand at the other end of a loopback connection. The printed address goes to the
 * browser as an argument, which every account may read in the list of processes: whoever is quicker must still be the same person.
 * Root may do everything anyway, and true comes back where the system does not tell.
 */
export async function isOwnAccount(socket: Socket): Promise<boolean> {
  const own = process.getuid?.()
  const account = own === undefined ? null : await accountOf(socket)
  return account === null || account === own || account === 0
}

async function accountOf({ remotePort, localPort }: Socket): Promise<number | null> {
  if (remotePort === undefined || localPort === undefined) return null
  const [theirs, ours] = [ending(remotePort), ending(localPort)]
  for (const table of tables) {
    const rows = (await readFile(table, 'latin1').catch(() => '')).split('\n')
    // Number, their address, our address, state, queues, timer, retries, account.
    const row = rows.map(line => line.trim().split(/\s+/)).find(fields => fields[1]?.endsWith(theirs) && fields[2]?.endsWith(ours))
    if (row) return Number(row[7])
  }
  return null
}

/** How 127.0.0.1 with a port ends in both tables. */
function ending(port: number): string {
  return `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`
}
