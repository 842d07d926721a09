import { dirname, sep } from 'node:path'
import type { Confined, Confinement, Confiner, Program } from './confinement.ts'

export const sandboxProgram = '/usr/bin/sandbox-exec'

/** macOS: a profile that the kernel holds the process and its children to. The program takes the place of `sandbox-exec`. */
export class SandboxProfile implements Confiner {
  readonly #hidden: readonly string[]

  constructor(hidden: readonly string[]) {
    this.#hidden = hidden
  }

  async confine(confinement: Confinement, program: Program): Promise<Confined> {
    const reads = confinement.files === 'listed' ? (confinement.reads?.() ?? []) : null
    const rules = ['(version 1)', '(allow default)', ...(confinement.network === 'none' ? ['(deny network*)'] : []), ...(reads ? fileRules(this.#hidden, [program.executable, ...program.parts, ...reads], confinement.scratch?.() ?? null) : [])]
    return {
      before: [sandboxProgram, '-p', rules.join('')],
      enforced: { by: 'sandbox-profile', network: confinement.network, reads, reason: null },
      isParent: false,
    }
  }
}

/** The last rule that fits decides. */
function fileRules(hidden: readonly string[], kept: readonly string[], scratch: string | null): string[] {
  const folders = new Set(kept.flatMap(above))
  return [
    '(deny file-write*)',
    '(allow file-write-data (literal "/dev/null") (literal "/dev/dtracehelper"))',
    `(deny file-read* ${['/Users', '/Volumes', '/private/tmp', '/private/var/folders', ...hidden].map(path => `(subpath ${quoted(path)})`).join('')})`,
    // A path is resolved folder by folder.
    `(allow file-read-metadata ${[...folders].map(path => `(literal ${quoted(path)})`).join('')})`,
    `(allow file-read* ${kept.map(path => `(subpath ${quoted(path)})`).join('')})`,
    ...(scratch === null ? [] : [`(allow file-read* file-write* (subpath ${quoted(scratch)}))`]),
    // Other programs would act for it.
    '(deny process-exec*)',
    `(allow process-exec* ${kept.map(path => `(subpath ${quoted(path)})`).join('')})`,
    '(deny appleevent-send)',
    '(deny signal (target others))',
  ]
}

function above(path: string): string[] {
  const folder = dirname(path)
  return folder === path ? [] : [folder, ...above(folder)].filter(name => name !== sep)
}

function quoted(path: string): string {
  return `"${path.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}
