import { BlockList } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addressKind, plainAddress } from './addresses.ts'
import { readHost, readTarget } from './egress-target.ts'

const v4 = fc.tuple(...[0, 1, 2, 3].map(() => fc.nat(255))).map(parts => parts.join('.'))
const word = fc.nat(0xffff).map(value => value.toString(16))
const v6 = fc.tuple(...Array.from({ length: 8 }, () => word)).map(words => words.join(':'))
const hex = (address: string): string => {
  const [a, b, c, d] = address.split('.').map(Number)
  return `${((a! << 8) | b!).toString(16)}:${((c! << 8) | d!).toString(16)}`
}

describe('addressKind', () => {
  it.each([
    ['8.8.8.8', 'public'], ['1.1.1.1', 'public'], ['172.15.255.255', 'public'], ['172.32.0.0', 'public'], ['100.63.255.255', 'public'], ['100.128.0.0', 'public'], ['2606:4700::1111', 'public'], ['2a00::1', 'public'],
    ['127.0.0.1', 'loopback'], ['127.255.255.255', 'loopback'], ['::1', 'loopback'], ['::ffff:127.0.0.1', 'loopback'], ['::127.0.0.1', 'loopback'], ['64:ff9b::7f00:1', 'loopback'], ['2002:7f00:1::', 'loopback'],
    ['10.0.0.1', 'private'], ['172.16.0.1', 'private'], ['192.168.1.1', 'private'], ['100.64.0.1', 'private'], ['198.18.0.1', 'private'], ['fc00::1', 'private'], ['fdff::1', 'private'], ['fec0::1', 'private'], ['64:ff9b:1::a00:1', 'private'], ['::ffff:c0a8:101', 'private'],
    ['169.254.1.1', 'link-local'], ['fe80::1', 'link-local'], ['febf::1', 'link-local'],
    ['169.254.169.254', 'metadata'], ['169.254.170.2', 'metadata'], ['100.100.100.200', 'metadata'], ['fd00:ec2::254', 'metadata'], ['fd20:ce::254', 'metadata'], ['::ffff:169.254.169.254', 'metadata'], ['::ffff:a9fe:a9fe', 'metadata'], ['2002:a9fe:a9fe::1', 'metadata'], ['64:ff9b::a9fe:a9fe', 'metadata'], ['2001:0:1:2:3:4:5601:5601', 'metadata'],
    ['0.0.0.0', 'nowhere'], ['0.1.2.3', 'nowhere'], ['224.0.0.1', 'nowhere'], ['255.255.255.255', 'nowhere'], ['240.0.0.1', 'nowhere'], ['203.0.113.5', 'nowhere'], ['::', 'nowhere'], ['ff02::1', 'nowhere'], ['2001:db8::1', 'nowhere'], ['4000::1', 'nowhere'], ['fe80::1%eth0', 'nowhere'], ['not an address', 'nowhere'], ['', 'nowhere'],
  ])('%s is %s', (address, kind) => {
    expect(addressKind(address)).toBe(kind)
  })

  it('agrees with the block list of Node about what is not public', () => {
    const list = new BlockList()
    for (const [network, bits] of [['0.0.0.0', 8], ['10.0.0.0', 8], ['100.64.0.0', 10], ['127.0.0.0', 8], ['169.254.0.0', 16], ['172.16.0.0', 12], ['192.0.0.0', 24], ['192.0.2.0', 24], ['192.88.99.0', 24], ['192.168.0.0', 16], ['198.18.0.0', 15], ['198.51.100.0', 24], ['203.0.113.0', 24], ['224.0.0.0', 3], ['168.63.129.16', 32]] as const) list.addSubnet(network, bits)
    // Half of them near the borders, where mistakes are made.
    const near = fc.constantFrom(9, 10, 11, 100, 126, 127, 128, 168, 169, 172, 192, 198, 203, 223, 224).chain(first => fc.tuple(fc.constantFrom(0, 15, 16, 18, 31, 32, 51, 63, 64, 88, 127, 128, 168, 254), fc.nat(255), fc.nat(255)).map(rest => [first, ...rest].join('.')))
    fc.assert(fc.property(fc.oneof(v4, near), address => (addressKind(address) === 'public') === !list.check(address)), { numRuns: 20_000 })
  })

  it('sees an address of the old kind in every form that holds it', () => {
    fc.assert(
      fc.property(v4, address => {
        const kind = addressKind(address)
        const inverted = hex(address).split(':').map(part => (Number.parseInt(part, 16) ^ 0xffff).toString(16)).join(':')
        for (const form of [`::ffff:${address}`, `::ffff:${hex(address)}`, `0:0:0:0:0:ffff:${hex(address)}`, `::ffff:0:${hex(address)}`, `64:ff9b::${address}`, `2002:${hex(address)}::1`, `2001:0:1:2:3:4:${inverted}`]) expect([form, addressKind(form)]).toEqual([form, kind])
        expect(plainAddress(`::FFFF:${address}`)).toBe(address)
      }),
      { numRuns: 2000 },
    )
  })

  it('calls nothing public outside what is given out, and spells alike what is the same', () => {
    fc.assert(fc.property(v6, address => addressKind(address) !== 'public' || /^[23]/.test(address.padStart(4, '0')) || address.startsWith('64:ff9b') || address.startsWith('0:')), { numRuns: 5000 })
    expect(plainAddress('2606:4700:0:0:0:0:0:1111')).toBe('2606:4700::1111')
  })
})

describe('readTarget', () => {
  it('reads every spelling of a host as the same host', () => {
    const spellings = ['127.0.0.1', '127.1', '0x7f.1', '0177.0.0.1', '2130706433', '0x7f000001', '127.0.0.1.', '%31%32%37.0.0.1', '１２７.0.0.1', '127。0。0。1', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[0:0:0:0:0:ffff:7f00:0001]']
    for (const spelling of spellings) expect(readTarget(`http://${spelling}:8080/x`).target).toEqual({ scheme: 'http', host: '127.0.0.1', port: 8080, address: '127.0.0.1' })
    fc.assert(
      fc.property(v4, address => {
        const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number)
        const number = ((a * 256 + b) * 256 + c) * 256 + d
        for (const text of [String(number), `0x${number.toString(16)}`, `0${a.toString(8)}.${b}.0x${c.toString(16)}.${d}`, `${a}.${b}.${c * 256 + d}`]) expect(readTarget(`https://${text}/`).target.address).toBe(address)
      }),
    )
    expect(readTarget('HTTPS://Example.ORG./#fragment')).toMatchObject({ target: { host: 'example.org', port: 443, address: null }, url: { href: 'https://example.org./' } })
    expect(readTarget('http://api.localhost/').target.address).toBe('127.0.0.1')
    expect(readTarget('http://[2606:4700:0::1111]/').target.host).toBe('2606:4700::1111')
  })

  it.each(['ftp://example.org/', 'file:///etc/passwd', 'javascript:alert(1)', 'data:text/plain,x', 'http://user@example.org/', 'https://user:word@example.org/', 'https://', 'example.org', 'http://example.org:0/', 'http://[::1%25eth0]/', `http://example.org/${'x'.repeat(9000)}`, 'ws://example.org/'])('refuses %s', text => {
    expect(() => readTarget(text)).toThrow('EGRESS_ADDRESS_INVALID')
  })

  it('reads a host as a person writes it', () => {
    expect(readHost(' Example.org ')).toEqual({ host: 'example.org', port: null })
    expect(readHost('localhost:11434')).toEqual({ host: 'localhost', port: 11_434 })
    expect(readHost('example.org:80')).toEqual({ host: 'example.org', port: 80 })
    expect(readHost('fd00::1')).toEqual({ host: 'fd00::1', port: null })
    expect(readHost('[fd00::1]:8080')).toEqual({ host: 'fd00::1', port: 8080 })
    for (const wrong of ['', 'https://example.org', 'a b', 'user@example.org', 'example.org/path', 'example.org:99999', 'example.org:0']) expect(() => readHost(wrong), wrong).toThrow('EGRESS_ADDRESS_INVALID')
  })
})
