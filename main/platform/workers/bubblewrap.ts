import type { Confined, Confinement, Confiner, Program } from './confinement.ts'
import { driverPaths, graphicsDevices, isInside, placesToHide, placesToKeep, realPath } from './person-places.ts'

/** Where bubblewrap says the process id. */
export const statusDescriptor = 4

/** Nothing of the machine but its programs and graphics cards; processes, sockets, names and shared memory are its own. */
const ownNamespaces = ['--unshare-user', '--unshare-pid', '--unshare-ipc', '--unshare-uts', '--unshare-cgroup-try', '--cap-drop', 'ALL', '--die-with-parent', '--new-session']

const everything = ['--bind', '/', '/', '--dev-bind', '/dev', '/dev', '--proc', '/proc']

/** Linux: bubblewrap. What is not hidden is read only. */
export class Bubblewrap implements Confiner {
  readonly #program: string
  readonly #hidden: readonly string[]

  /** `hidden`: folders of the person beyond the usual ones, such as the home and the state. */
  constructor(hidden: readonly string[], program = 'bwrap') {
    this.#hidden = hidden
    this.#program = program
  }

  async confine(confinement: Confinement, program: Program): Promise<Confined> {
    const reads = confinement.files === 'listed' ? (confinement.reads?.() ?? []) : null
    const network = confinement.network === 'none' ? ['--unshare-net'] : []
    return {
      before: [this.#program, ...ownNamespaces, ...network, ...(reads ? [...this.#listed(program, reads), ...scratchOf(confinement)] : everything), '--chdir', '/', '--json-status-fd', String(statusDescriptor), '--'],
      enforced: { by: 'bubblewrap', network: confinement.network, reads, reason: null },
      isParent: true,
    }
  }

  #listed({ executable, parts }: Program, reads: readonly string[]): string[] {
    const hidden = placesToHide(this.#hidden)
    const parted = placesToKeep([...driverPaths(), executable, ...parts], hidden)
    // A state folder may lie in the very folder of the program.
    const hiddenAgain = this.#hidden.flatMap(realPath).filter(path => parted.some(([, place]) => isInside(path, place)))
    return [
      ...['--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc'],
      ...graphicsDevices().flatMap(path => ['--dev-bind-try', path, path]),
      ...hidden.flatMap(path => ['--tmpfs', path]),
      ...bound(parted),
      ...hiddenAgain.flatMap(path => ['--tmpfs', path]),
      ...bound(placesToKeep(reads, hidden)),
    ]
  }

  /** Words that show whether the system lets it. */
  static readonly probe = [...ownNamespaces, '--unshare-net', '--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc', '--tmpfs', '/tmp', '--', 'true']
}

function scratchOf({ scratch }: Confinement): string[] {
  const path = scratch?.() ?? null
  return path === null ? [] : ['--bind', path, path]
}

function bound(pairs: readonly [source: string, place: string][]): string[] {
  return pairs.flatMap(([source, place]) => ['--ro-bind', source, place])
}
