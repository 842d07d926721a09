import { promises } from 'node:dns'

// The guard imports this module before it closes Node's to everybody else.
const { lookup } = promises
const mostAddresses = 16

/** The addresses of a name, as this system knows them, in its order. */
export async function resolveName(host: string): Promise<string[]> {
  const found = await lookup(host, { all: true, order: 'verbatim' })
  return found.slice(0, mostAddresses).map(({ address }) => address)
}
