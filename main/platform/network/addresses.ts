import { isIPv4, isIPv6 } from 'node:net'

/** What an address leads to. `nowhere`: no single machine (unspecified, multicast, broadcast, reserved). */
export type AddressKind = 'public' | 'loopback' | 'private' | 'link-local' | 'metadata' | 'nowhere'

type Network = readonly [address: string, bits: number, kind: AddressKind]

/** First match counts. Names of the registries: RFC 6890 and what cloud machines answer their own secrets at. */
const networks4: readonly Network[] = [
  ['169.254.169.0', 24, 'metadata'],
  ['169.254.170.0', 24, 'metadata'],
  ['100.100.100.200', 32, 'metadata'],
  ['192.0.0.192', 32, 'metadata'],
  ['168.63.129.16', 32, 'metadata'],
  ['0.0.0.0', 8, 'nowhere'],
  ['10.0.0.0', 8, 'private'],
  ['100.64.0.0', 10, 'private'],
  ['127.0.0.0', 8, 'loopback'],
  ['169.254.0.0', 16, 'link-local'],
  ['172.16.0.0', 12, 'private'],
  ['192.0.0.0', 24, 'nowhere'],
  ['192.0.2.0', 24, 'nowhere'],
  ['192.88.99.0', 24, 'nowhere'],
  ['192.168.0.0', 16, 'private'],
  ['198.18.0.0', 15, 'private'],
  ['198.51.100.0', 24, 'nowhere'],
  ['203.0.113.0', 24, 'nowhere'],
  ['224.0.0.0', 3, 'nowhere'],
]

const networks6: readonly Network[] = [
  ['fd00:ec2::', 32, 'metadata'],
  ['fd20:ce::254', 128, 'metadata'],
  ['::1', 128, 'loopback'],
  ['::', 128, 'nowhere'],
  ['fe80::', 10, 'link-local'],
  ['fec0::', 10, 'private'],
  ['fc00::', 7, 'private'],
  ['ff00::', 8, 'nowhere'],
  ['100::', 64, 'nowhere'],
  ['2001:db8::', 32, 'nowhere'],
  ['3fff::', 20, 'nowhere'],
  ['5f00::', 16, 'nowhere'],
  ['2001:20::', 27, 'nowhere'],
]

/** Where an address of the old kind stands within one of the new kind: first word, and whether its bits are turned round. */
const embedded: readonly (readonly [address: string, bits: number, word: number, isInverted: boolean])[] = [
  ['::', 96, 6, false],
  ['::ffff:0:0', 96, 6, false],
  ['::ffff:0:0:0', 96, 6, false],
  ['64:ff9b::', 96, 6, false],
  ['2002::', 16, 1, false],
  ['2001::', 32, 6, true],
]
/** Networks of translators that a site chooses itself: what stands behind cannot be told. */
const opaque: readonly Network[] = [['64:ff9b:1::', 48, 'private']]

const compiled4 = networks4.map(([address, bits, kind]) => ({ words: words4(address), bits, kind }))
const compiled6 = [...opaque, ...networks6].map(([address, bits, kind]) => ({ words: words6(address), bits, kind }))
const compiledEmbedded = embedded.map(([address, bits, word, isInverted]) => ({ words: words6(address), bits, word, isInverted }))

/** What an address in its usual spelling leads to; `nowhere` for what is no address. An address within another counts as the worse of both. */
export function addressKind(address: string): AddressKind {
  if (isIPv4(address)) return kindIn(compiled4, words4(address)) ?? 'public'
  // A zone would name an interface of this machine.
  if (!isIPv6(address) || address.includes('%')) return 'nowhere'
  const words = words6(address)
  const own = kindIn(compiled6, words)
  if (own) return own
  for (const { words: prefix, bits, word, isInverted } of compiledEmbedded) {
    if (!isWithin(words, prefix, bits)) continue
    const inner = [words[word] ?? 0, words[word + 1] ?? 0].map(value => (isInverted ? value ^ 0xffff : value))
    return kindIn(compiled4, inner) ?? 'public'
  }
  // Global unicast is 2000::/3; the rest is not given out.
  return isWithin(words, [0x2000], 3) ? 'public' : 'nowhere'
}

/** One spelling for each address, so that two can be compared: short, lower case, and the old kind out of its mapped form. */
export function plainAddress(address: string): string {
  if (!isIPv6(address) || address.includes('%')) return address
  const words = words6(address)
  if (isWithin(words, words6('::ffff:0:0'), 96)) return [words[6] ?? 0, words[7] ?? 0].flatMap(word => [word >> 8, word & 255]).join('.')
  return new URL(`http://[${address}]`).hostname.slice(1, -1)
}

function kindIn(networks: readonly { words: readonly number[]; bits: number; kind: AddressKind }[], words: readonly number[]): AddressKind | null {
  for (const network of networks) if (isWithin(words, network.words, network.bits)) return network.kind
  return null
}

/** Words are of 16 bits, the highest first. */
function isWithin(words: readonly number[], prefix: readonly number[], bits: number): boolean {
  for (let index = 0; index * 16 < bits; index++) {
    const shift = 16 - Math.min(16, bits - index * 16)
    if ((words[index] ?? 0) >> shift !== (prefix[index] ?? 0) >> shift) return false
  }
  return true
}

function words4(address: string): number[] {
  const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number)
  return [a * 256 + b, c * 256 + d]
}

function words6(address: string): number[] {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(address)
  const text = dotted ? `${dotted[1]}${words4(dotted[2] ?? '').map(word => word.toString(16)).join(':')}` : address
  const [head = '', tail] = text.split('::')
  const parse = (part: string): number[] => (part === '' ? [] : part.split(':').map(word => Number.parseInt(word, 16)))
  const before = parse(head)
  const after = tail === undefined ? [] : parse(tail)
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0), ...after]
}
