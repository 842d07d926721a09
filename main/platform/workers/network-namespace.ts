import type { Confined, Confinement, Confiner } from './confinement.ts'

/** Linux without bubblewrap: a network namespace and nothing more. The program takes the place of `unshare`, so its process id is the real one. */
export class NetworkNamespace implements Confiner {
  readonly #mapping: string
  readonly #reason: string

  /** `reason`: why it is not bubblewrap. */
  constructor(mapping: string, reason: string) {
    this.#mapping = mapping
    this.#reason = reason
  }

  async confine({ network, files }: Confinement): Promise<Confined> {
    const isCut = network === 'none'
    return {
      before: isCut ? ['unshare', '--user', this.#mapping, '--net', '--'] : [],
      enforced: { by: isCut ? 'namespace' : 'nothing', network, reads: null, reason: files === 'listed' || !isCut ? this.#reason : null },
      isParent: false,
    }
  }

  /** Root in the namespace where the system has no other way. */
  static readonly mappings = ['--map-current-user', '--map-root-user']
  static probe(mapping: string): string[] {
    return ['--user', mapping, '--net', '--', 'true']
  }
}
