import type { EgressGrant } from '#shared/contract/egress.ts'
import { compilePolicy, decideAddress, decideHost } from '../main/platform/network/egress-policy.ts'
import { readTarget } from '../main/platform/network/egress-target.ts'
import { figure, type Figure } from './figure.ts'

const rounds = 21
const checksPerRound = 20_000
const grantCount = 1000

/** One check of the network's policy, from the text of the address to the decision about the address it leads to, with 1,000 grants. */
export async function run(): Promise<Figure[]> {
  const grants = Array.from({ length: grantCount }, (_, index): EgressGrant => ({ id: String(index), feature: 'models', host: `host-${index}.example`, port: null, isLocal: false, createdAt: new Date(0), expiresAt: null }))
  const policy = compilePolicy('list', false, grants)
  const addresses = ['https://host-500.example/a/b?c', 'https://other.example/', 'http://169.254.169.254/latest', 'http://[::ffff:10.0.0.1]:8080/', 'http://0x7f.1:11434/api']
  let allowed = 0
  const check = (text: string): void => {
    const { target } = readTarget(text)
    const asked = { ...target, feature: 'models' }
    const host = decideHost(policy, asked)
    if (host.verdict === 'allow' && decideAddress(policy, asked, '93.184.215.14', host.grant).verdict === 'allow') allowed++
  }
  const times = Array.from({ length: rounds }, () => {
    const started = performance.now()
    for (let index = 0; index < checksPerRound; index++) check(addresses[index % addresses.length] ?? '')
    return ((performance.now() - started) * 1000) / checksPerRound
  })
  // One in five is granted: a check that allowed nothing would have been too easy.
  if (allowed !== (rounds * checksPerRound) / addresses.length) throw new Error('The policy decided otherwise than it should')
  return [figure(times, { name: 'policy check of a connection', unit: 'µs', atMost: 20, note: `${rounds} rounds of ${checksPerRound.toLocaleString('en')} checks with ${grantCount.toLocaleString('en')} grants` })]
}
