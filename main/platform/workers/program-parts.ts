import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** What a worker's entry is made of, its packages included: the package that it lies in. */
export function programParts(entry: string): string[] {
  const root = packageAbove(dirname(entry))
  return root === null ? [dirname(entry)] : [root]
}

function packageAbove(folder: string): string | null {
  if (existsSync(join(folder, 'package.json')) && existsSync(join(folder, 'node_modules'))) return folder
  const above = dirname(folder)
  return above === folder ? null : packageAbove(above)
}
