/** What a worker process is to be kept from. The operating system is asked for it; what it grants is in `Enforced`. */
export interface Confinement {
  network: 'none' | 'open'
  /** `listed`: of the person's files it may read those of `reads` and write none. `own`: all that the person may. */
  files: 'listed' | 'own'
  /** Absolute paths of files or folders; asked at every start. */
  reads?: () => readonly string[]
  /** With `listed`: the one folder that it may write, in memory and of its own; asked at every start. */
  scratch?: () => string | null
}

/** For what acts as the person, such as their shell. */
export const unconfined: Confinement = { network: 'open', files: 'own' }

/** For what reads and writes files of the person and needs nobody. */
export const alone: Confinement = { network: 'none', files: 'own' }

export type Enforcer = 'bubblewrap' | 'namespace' | 'sandbox-profile' | 'firewall' | 'nothing'

/** What holds for one process. */
export interface Enforced {
  by: Enforcer
  /** `none`: no network at all, not even this machine's. `loopback`: ports of this machine. */
  network: 'none' | 'loopback' | 'open'
  /** The person's files that it may read; null: all that the person may. */
  reads: readonly string[] | null
  /** Why this is less than was asked for; null when it is all of it. */
  reason: string | null
}

export interface Confined {
  /** Stands before the program and its arguments; empty starts it as it is. */
  before: readonly string[]
  enforced: Enforced
  /** True: the words before stay as a parent of the program, and say its process id as JSON on descriptor 4. */
  isParent: boolean
}

/** One program that is to be started. */
export interface Program {
  /** Absolute path of the executable. */
  executable: string
  /** Files and folders that it is made of: what confinement must never hide. */
  parts: readonly string[]
}

/** A way to keep a process to its confinement; one implementation for each thing an operating system offers. */
export interface Confiner {
  confine(confinement: Confinement, program: Program): Promise<Confined>
}

/** Everything as the person may: for what is not confined, and where the system offers nothing. */
export function asItIs(reason: string | null): Confined {
  return { before: [], enforced: { by: 'nothing', network: 'open', reads: null, reason }, isParent: false }
}
