import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = join(import.meta.dirname, '../../node_modules/electron')

/** Path of Electron's program, or null where its runtime is not installed. The package itself is never imported: that would start a download. */
export function findElectron(): string | null {
  const chosen = process.env['CORTEX_ELECTRON']
  if (chosen) return chosen
  const pointer = join(folder, 'path.txt')
  if (!existsSync(pointer)) return null
  const path = join(folder, 'dist', readFileSync(pointer, 'utf8').trim())
  return existsSync(path) ? path : null
}
