import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/** Path of the system's Chromium, or null: then Playwright uses its own, where that is installed. */
export function findChromium(): string | null {
  const chosen = process.env['CORTEX_CHROMIUM']
  if (chosen) return chosen
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const found = names.map(name => join(folder, name)).find(path => existsSync(path))
    if (found) return found
  }
  return null
}
