import { homedir, tmpdir } from 'node:os'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { Bubblewrap } from './bubblewrap.ts'
import { unconfined, type Confinement } from './confinement.ts'
import { graphicsDevices, placesToHide, placesToKeep } from './person-places.ts'
import { SystemConfiner } from './system-confiner.ts'
import { firewallCommand } from './windows-firewall.ts'

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'cortex-confine-')))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const model = join(folder, 'model.gguf')
writeFileSync(model, '')
const program = { executable: process.execPath, parts: [join(folder, 'app')] }
const wanted: Confinement = { network: 'none', files: 'listed', reads: () => [model] }

function system(platform: string, works: (program: string, options: readonly string[]) => boolean, settings: Record<string, string> = {}, complaint = 'missing') {
  return new SystemConfiner({ platform, probe: async (name, options) => (works(name, options) ? null : complaint), readSetting: name => settings[name] ?? null })
}

describe('SystemConfiner', () => {
  it('leaves what acts as the person as it is, and says when it was turned off', async () => {
    expect((await system('linux', () => true).confine(unconfined, program)).enforced).toEqual({ by: 'nothing', network: 'open', reads: null, reason: null })
    const off = await new SystemConfiner({ isOff: true }).confine(wanted, program)
    expect(off).toMatchObject({ before: [], enforced: { by: 'nothing', network: 'open', reason: expect.stringContaining('turned off') } })
  })

  it('takes bubblewrap on Linux, with the model readable and the rest hidden', async () => {
    const { before, enforced, isParent } = await system('linux', () => true).confine(wanted, program)
    expect(enforced).toEqual({ by: 'bubblewrap', network: 'none', reads: [model], reason: null })
    expect(isParent).toBe(true)
    expect(before).toEqual(expect.arrayContaining(['bwrap', '--unshare-net', '--unshare-pid', '--die-with-parent', '--new-session']))
    expect(before.join(' ')).toContain(`--ro-bind ${model} ${model}`)
    expect(before.filter(word => word === '--bind')).toEqual([])
    const writing = await system('linux', () => true).confine({ ...wanted, scratch: () => '/dev/shm/its-own' }, program)
    expect(writing.before.join(' ')).toContain('--bind /dev/shm/its-own /dev/shm/its-own')
    expect((await system('darwin', () => true).confine({ ...wanted, scratch: () => '/its-own' }, program)).before[2]).toContain('(allow file-read* file-write* (subpath "/its-own"))')
  })

  it('falls back to a network namespace, then to nothing, with the reason', async () => {
    const apparmor = { 'kernel/apparmor_restrict_unprivileged_userns': '1' }
    const namespace = await system('linux', name => name === 'unshare', apparmor, 'bwrap: setting up uid map: Permission denied').confine(wanted, program)
    expect(namespace.before).toEqual(['unshare', '--user', '--map-current-user', '--net', '--'])
    expect(namespace.enforced).toEqual({ by: 'namespace', network: 'none', reads: null, reason: expect.stringContaining('AppArmor') })
    expect((await system('linux', (name, options) => name === 'unshare' && options.includes('--map-root-user')).confine(wanted, program)).before).toContain('--map-root-user')
    const none = await system('linux', () => false).confine(wanted, program)
    expect(none.enforced).toEqual({ by: 'nothing', network: 'open', reads: null, reason: 'bubblewrap is not installed.' })
    expect((await system('linux', () => false, { 'user/max_user_namespaces': '0' }, 'no').confine(wanted, program)).enforced.reason).toContain('only the administrator')
    expect((await system('linux', () => false, {}, 'bwrap: odd').confine(wanted, program)).enforced.reason).toBe('bubblewrap does not work here: odd.')
  })

  it('writes a profile on macOS that denies the network, writing, and the home but for the model', async () => {
    const { before, enforced, isParent } = await system('darwin', () => true).confine(wanted, program)
    expect([before[0], before[1], isParent]).toEqual(['/usr/bin/sandbox-exec', '-p', false])
    const profile = before[2] ?? ''
    for (const rule of ['(deny network*)', '(deny file-write*)', `(subpath "${homedir()}")`, `(subpath "${model}")`]) expect(profile).toContain(rule)
    expect(profile.indexOf('(deny file-read*')).toBeLessThan(profile.indexOf(`(allow file-read* `))
    expect(enforced).toMatchObject({ by: 'sandbox-profile', network: 'none' })
    expect((await system('darwin', () => false).confine(wanted, program)).enforced.by).toBe('nothing')
  })

  it('believes a firewall rule on Windows only where it is there, and never calls loopback shut', async () => {
    expect((await system('win32', () => true).confine(wanted, program)).enforced).toMatchObject({ by: 'firewall', network: 'loopback', reads: null })
    expect((await system('win32', () => false).confine(wanted, program)).enforced).toMatchObject({ by: 'nothing', network: 'open' })
    expect(firewallCommand("C:\\it's\\node.exe")).toContain("-Action Block -Profile Any -Program 'C:\\it''s\\node.exe'")
    expect((await system('plan9', () => true).confine(wanted, program)).enforced.reason).toContain('no way')
  })
})

describe('places', () => {
  it('hides real folders, each once, and never the root', () => {
    const inner = join(folder, 'inner')
    mkdirSync(inner)
    const hidden = placesToHide([folder, inner, '/', 'relative', join(folder, 'missing')])
    expect(hidden).not.toContain('/')
    expect(hidden).not.toContain(inner)
    expect(hidden.some(place => folder.startsWith(place))).toBe(true)
  })

  it('shows a link in a hidden folder as what it leads to', () => {
    const link = join(folder, 'link.gguf')
    symlinkSync(model, link)
    expect(placesToKeep([link, join(folder, 'missing')], [folder])).toEqual([[model, model], [model, link]])
    expect(graphicsDevices(join(folder, 'missing'))).toEqual([])
  })

  it('hides the state again where it lies in the program’s own folder', async () => {
    const app = join(folder, 'app')
    const state = join(app, 'state')
    mkdirSync(state, { recursive: true })
    const { before } = await new Bubblewrap([state]).confine(wanted, program)
    expect(before.lastIndexOf(state)).toBeGreaterThan(before.lastIndexOf(app))
  })
})
