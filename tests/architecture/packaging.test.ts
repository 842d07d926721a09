import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Configuration } from 'app-builder-lib'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')
interface BuilderParts {
  getConfig(folder: string, path: string, more: null): Promise<Configuration>
  validateConfiguration(configuration: Configuration, log: { isEnabled: boolean; add: () => void }): Promise<void>
}
const load = createRequire(import.meta.url)
// The package publishes no types for this file's CommonJS entry; these are two of its functions.
const { getConfig, validateConfiguration } = load('app-builder-lib/out/util/config/config') as BuilderParts
const read = async (): Promise<Configuration> => await getConfig(root, 'electron-builder.yml', null)
const log = { isEnabled: false, add: () => undefined }

describe('electron-builder.yml', () => {
  it('is valid for the builder that reads it', async () => {
    await expect(validateConfiguration(await read(), log)).resolves.toBeUndefined()
  })

  it('would be refused with a key that the builder does not know', async () => {
    // The key is wrong on purpose.
    await expect(validateConfiguration({ ...(await read()), wrongKey: true } as Configuration, log)).rejects.toThrow('wrongKey')
  })

  it('names files that are there', async () => {
    const { afterPack, mac, win, linux } = await read()
    for (const file of [afterPack, mac?.icon, mac?.entitlements, mac?.entitlementsInherit, win?.icon, linux?.icon]) {
      expect(typeof file === 'string' && existsSync(join(root, file)), String(file)).toBe(true)
    }
  })

  it('leaves workers, packages and Node outside the archive, where a plain Node can read them', async () => {
    expect((await read()).asarUnpack).toEqual(expect.arrayContaining(['package.json', 'out/main/workers/**', 'out/main/chunks/**', 'node_modules/**']))
  })

  it('asks macOS for compiling at run time and for nothing else', () => {
    for (const name of ['entitlements.mac.plist', 'entitlements.mac.inherit.plist']) {
      const keys = [...readFileSync(join(root, 'resources/packaging', name), 'utf8').matchAll(/<key>(.*?)<\/key>/g)].map(match => match[1])
      expect(keys).toEqual(['com.apple.security.cs.allow-jit'])
    }
  })

  it('ships no format that could not carry its sandbox profile, and no updater', async () => {
    const configuration = await read()
    const targets = [configuration.mac?.target, configuration.win?.target, configuration.linux?.target].flatMap(target => (Array.isArray(target) ? target : [])).map(target => (typeof target === 'string' ? target : target.target))
    expect(targets).toEqual(['dmg', 'zip', 'nsis', 'deb', 'rpm'])
    expect(configuration.publish).toBeNull()
  })
})
