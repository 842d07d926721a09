import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { Bubblewrap } from './bubblewrap.ts'
import { asItIs, type Confined, type Confinement, type Confiner, type Program } from './confinement.ts'
import { NetworkNamespace } from './network-namespace.ts'
import { runProbe, type Probe } from './run-probe.ts'
import { SandboxProfile, sandboxProgram } from './sandbox-profile.ts'
import { WindowsFirewall } from './windows-firewall.ts'

interface Options {
  platform?: string
  /** Folders of the person beyond the home, such as the state of the profile. */
  hidden?: readonly string[]
  /** True: the person turned it off, to see what would be open without it. */
  isOff?: boolean
  probe?: Probe
  /** Text of a kernel setting below /proc/sys; null where there is none. */
  readSetting?: (name: string) => string | null
}

/** The strongest thing that this system offers, found at the first use. */
export class SystemConfiner implements Confiner {
  readonly isOff: boolean
  readonly #options: Options
  #found: Promise<Confiner> | null = null

  constructor(options: Options = {}) {
    this.#options = options
    this.isOff = options.isOff === true
  }

  async confine(confinement: Confinement, program: Program): Promise<Confined> {
    if (confinement.network === 'open' && confinement.files === 'own') return asItIs(null)
    if (this.isOff) return asItIs('Enforcement was turned off when Cortex was started.')
    this.#found ??= find(this.#options)
    return await (await this.#found).confine(confinement, program)
  }
}

async function find({ platform = process.platform, hidden = [], probe = runProbe, readSetting = kernelSetting }: Options): Promise<Confiner> {
  const places = [homedir(), ...hidden]
  if (platform === 'linux') return await findOnLinux(places, probe, readSetting)
  if (platform === 'win32') return new WindowsFirewall(probe)
  if (platform === 'darwin') {
    const problem = await probe(sandboxProgram, ['-p', '(version 1)(allow default)(deny network*)', '/usr/bin/true'])
    return problem === null ? new SandboxProfile(places) : nothing(`sandbox-exec does not work: ${problem}.`)
  }
  return nothing('Cortex knows no way to confine a process on this system.')
}

async function findOnLinux(places: readonly string[], probe: Probe, readSetting: (name: string) => string | null): Promise<Confiner> {
  const problem = await probe('bwrap', Bubblewrap.probe)
  if (problem === null) return new Bubblewrap(places)
  const reason = whyNot(problem, readSetting)
  for (const mapping of NetworkNamespace.mappings) {
    if ((await probe('unshare', NetworkNamespace.probe(mapping))) === null) return new NetworkNamespace(mapping, reason)
  }
  return nothing(reason)
}

function whyNot(problem: string, readSetting: (name: string) => string | null): string {
  if (problem === 'missing') return 'bubblewrap is not installed.'
  if (readSetting('kernel/apparmor_restrict_unprivileged_userns') === '1') {
    return 'AppArmor keeps programs without a profile from making namespaces, as on Ubuntu 24.04 and later: bubblewrap needs a profile.'
  }
  if (readSetting('kernel/unprivileged_userns_clone') === '0' || readSetting('user/max_user_namespaces') === '0') return 'The kernel is set to let only the administrator make namespaces.'
  return `bubblewrap does not work here: ${problem.replace(/^bwrap: /, '')}.`
}

function kernelSetting(name: string): string | null {
  try {
    return readFileSync(`/proc/sys/${name}`, 'utf8').trim()
  } catch {
    return null
  }
}

function nothing(reason: string): Confiner {
  return { confine: async () => asItIs(reason) }
}
