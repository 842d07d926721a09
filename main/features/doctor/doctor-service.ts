import { constants } from 'node:fs'
import { access, stat, statfs } from 'node:fs/promises'
import type { AuditReport, AuditState } from '#shared/contract/audit.ts'
import type { Check } from '#shared/contract/doctor.ts'
import type { Hardware } from '#shared/contract/hardware.ts'
import type { Model } from '#shared/contract/models.ts'
import type { StorageState } from '#shared/contract/storage.ts'
import type { SlotKind } from '#shared/contract/vault.ts'
import type { probe } from '../../../native/probe/contract.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { HostPaths } from '../../platform/host.ts'
import type { Keychain } from '../../platform/keychain/keychain.ts'
import type { Log } from '../../platform/log/log.ts'
import type { Confinement, Enforced } from '../../platform/workers/confinement.ts'
import { SupervisedWorker } from '../../platform/workers/supervised-worker.ts'
import { firewallCommand } from '../../platform/workers/windows-firewall.ts'
import type { WorkerLauncher } from '../../platform/workers/worker-launcher.ts'
import { ok, problem, warning } from './checks.ts'
import { hardwareChecks } from './hardware-checks.ts'
import { auditCheck, storageChecks } from './kept-checks.ts'

const leastNode = 24
const fewBytes = 1e9

interface Dependencies {
  paths: HostPaths
  stored: () => Pick<StorageState, 'problem' | 'restored' | 'damaged' | 'backupProblem' | 'backups'>
  auditState: () => Pick<AuditState, 'entries' | 'problem'>
  /** Throws where the log cannot be read. */
  verifyAudit: () => Promise<AuditReport>
  vault: { isOpen: boolean }
  /** Ways to the vault's key. */
  slots: () => readonly SlotKind[]
  keychain: Keychain
  launcher: WorkerLauncher
  inferenceConfinement: Confinement
  listModels: () => Promise<Model[]>
  hardware: () => Promise<Hardware>
  /** Executable of the workers. */
  node: () => string
  isHostGuarded: () => boolean
  clock: Clock
  log: Log
  platform?: string
  nodeVersion?: string
}

/** Looks at what Cortex needs; changes nothing. */
export class DoctorService {
  readonly #dependencies: Dependencies
  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
  }

  async check(): Promise<Check[]> {
    const [folder, space, audit, keychain, model, modelProcess, machine] = await Promise.all([this.#stateFolder(), this.#space(), this.#audit(), this.#keychain(), this.#model(), this.#modelProcess(), this.#machine()])
    return [this.#node(), folder, space, ...storageChecks(this.#dependencies.stored()), this.#vault(), audit, keychain, ...machine, model, modelProcess, this.#host(), terminal]
  }

  #node(): Check {
    const { nodeVersion = process.versions.node } = this.#dependencies
    const isNew = Number.parseInt(nodeVersion, 10) >= leastNode
    return isNew ? ok('Node', nodeVersion) : problem('Node', nodeVersion, `Use Node ${leastNode} or newer.`)
  }

  async #stateFolder(): Promise<Check> {
    const { state } = this.#dependencies.paths
    const name = 'State folder'
    try {
      await access(state, constants.R_OK | constants.W_OK)
      const { mode } = await stat(state)
      // Windows keeps rights elsewhere.
      if (process.platform !== 'win32' && (mode & 0o077) !== 0) return warning(name, `${state} can be read by other accounts`, `Run: chmod 700 "${state}"`)
      return ok(name, state)
    } catch {
      return problem(name, `${state} cannot be written`, 'Give your account the right to write there, or name another folder in CORTEX_HOME.')
    }
  }

  async #space(): Promise<Check> {
    const name = 'Disk space'
    try {
      const { bavail, bsize } = await statfs(this.#dependencies.paths.state)
      const bytes = bavail * bsize
      const found = `${(bytes / 1e9).toFixed(1)} GB free`
      return bytes < fewBytes ? warning(name, found, 'Free some space: what cannot be written is not kept.') : ok(name, found)
    } catch {
      return warning(name, 'not known', 'Look at the disk of the state folder.')
    }
  }

  async #audit(): Promise<Check> {
    const { auditState, verifyAudit } = this.#dependencies
    const state = auditState()
    // One that cannot be kept or read says more than its verification could.
    const report = state.problem ? null : await verifyAudit().catch(() => null)
    return auditCheck(state, report)
  }

  #vault(): Check {
    const { vault, slots } = this.#dependencies
    const kinds = slots()
    const words = kinds.map(kind => slotWords[kind]).join(', ') || 'no way to its key'
    if (!vault.isOpen) return problem('Vault', `locked; ${words}`, 'Open Cortex and unlock it with the passphrase or the recovery code.')
    if (kinds.includes('file')) return warning('Vault', 'open; its key lies unprotected in a file beside the database', 'Set a passphrase, or let a keychain hold the key.')
    return kinds.includes('recovery') ? ok('Vault', `open; ${words}`) : warning('Vault', `open; ${words}`, 'Make a recovery code: without one, a lost keychain or passphrase is a lost vault.')
  }

  async #keychain(): Promise<Check> {
    const found = await this.#dependencies.keychain.name().catch(() => null)
    if (found === null) return warning('Keychain', 'none answers', 'A passphrase protects the vault as well.')
    const { keychain } = this.#dependencies
    return keychain.confinement?.().network === 'open' ? warning('Keychain', `${found}; the process that asks it has a network`, 'The session bus is reached from within a network only, or refuses a confined process.') : ok('Keychain', found)
  }

  async #model(): Promise<Check> {
    const models = await this.#dependencies.listModels().catch(() => [])
    return models.length > 0 ? ok('Models', models.map(model => model.name).join(', ')) : problem('Models', 'none', 'Add a GGUF file: cortex models add FILE')
  }

  async #machine(): Promise<Check[]> {
    return await this.#dependencies.hardware().then(hardwareChecks, () => [warning('Hardware', 'it could not be looked at', 'Read the log.')])
  }

  /** Starts a process the way the model's is started, and asks what it was kept from. */
  async #modelProcess(): Promise<Check> {
    const { launcher, inferenceConfinement, clock, log, node, platform = process.platform } = this.#dependencies
    const name = 'Model process'
    const worker = new SupervisedWorker<typeof probe>({ launcher, clock, log, spec: { name: 'doctor-probe', entry: 'probe', env: {}, confinement: inferenceConfinement } })
    try {
      await worker.client.take()
      const enforced = (await worker.process())?.enforced
      return enforced ? modelProcess(name, enforced, platform, node()) : problem(name, 'it ended at once', 'Read the log.')
    } catch {
      return problem(name, 'it cannot be started', 'Read the log; install the packages of Cortex again.')
    } finally {
      await worker.dispose(0)
    }
  }

  #host(): Check {
    return this.#dependencies.isHostGuarded() ? ok('Host', 'network by the policy, kept by a guard in the process') : warning('Host', 'nothing but its own code keeps it from the network', null)
  }
}

const slotWords: Record<SlotKind, string> = { keychain: 'keychain', passphrase: 'passphrase', recovery: 'recovery code', file: 'key file' }
const terminal = ok('Terminals', 'yours: they are not restricted')

function modelProcess(name: string, { by, network, reads, reason }: Enforced, platform: string, node: string): Check {
  const files = reads ? 'reads its model only' : 'may read what you may'
  if (network === 'none') return reads ? ok(name, `no network, ${files}, enforced by ${by}`) : warning(name, `no network, enforced by ${by}; ${files}. ${reason ?? ''}`.trim(), adviceFor(platform, node))
  return problem(name, `network ${network}; ${files}. ${reason ?? ''}`.trim(), adviceFor(platform, node))
}

function adviceFor(platform: string, node: string): string | null {
  if (platform === 'linux') return 'Install bubblewrap (on Ubuntu 24.04 and later with its AppArmor profile, /etc/apparmor.d/bwrap).'
  if (platform === 'win32') return `As an administrator, in PowerShell: ${firewallCommand(node)}`
  return null
}
