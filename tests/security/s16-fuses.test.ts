import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import afterPack from '../../tools/after-pack.mjs'
import { checkFuses } from '../../tools/fuses.mjs'

/** What marks the fuses inside Electron's program. */
const sentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'
const dist = join(import.meta.dirname, '../../dist')
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cortex-s16-'))
})
afterAll(async () => await rm(folder, { recursive: true, force: true }))

/** A file that has Electron's fuses as Electron is published, between bytes of no meaning. */
async function fakeProgram(path: string, wire = '101100101'): Promise<string> {
  await writeFile(path, Buffer.concat([Buffer.alloc(4096, 1), Buffer.from(sentinel), Buffer.from([1, wire.length]), Buffer.from(wire), Buffer.alloc(4096, 2)]))
  return path
}

const context = (electronPlatformName: string) => ({ electronPlatformName, appOutDir: folder, packager: { executableName: 'cortex', appInfo: { productFilename: 'Cortex' } } })

describe('S16: a packed program cannot be turned into a plain Node or be given a debugger', () => {
  it.each([
    ['linux', 'cortex'],
    ['win32', 'Cortex.exe'],
  ])('sets every fuse of the program for %s and reads them back', async (platform, name) => {
    const program = await fakeProgram(join(folder, name))
    await expect(checkFuses(program)).rejects.toThrow('RunAsNode')
    await afterPack(context(platform))
    const wire = await getCurrentFuseWire(program)
    const off = [FuseV1Options.RunAsNode, FuseV1Options.EnableNodeOptionsEnvironmentVariable, FuseV1Options.EnableNodeCliInspectArguments, FuseV1Options.LoadBrowserProcessSpecificV8Snapshot, FuseV1Options.GrantFileProtocolExtraPrivileges]
    const on = [FuseV1Options.EnableCookieEncryption, FuseV1Options.EnableEmbeddedAsarIntegrityValidation, FuseV1Options.OnlyLoadAppFromAsar, FuseV1Options.WasmTrapHandlers]
    for (const fuse of off) expect(wire[fuse]).toBe(FuseState.DISABLE)
    for (const fuse of on) expect(wire[fuse]).toBe(FuseState.ENABLE)
    const bytes = await readFile(program)
    expect([bytes[0], bytes.at(-1)]).toEqual([1, 2])
  })

  it.skipIf(process.platform === 'darwin')('finds the program inside a bundle of macOS (skipped on a Mac, whose codesign refuses a made-up program)', async () => {
    const inside = join(folder, 'Cortex.app/Contents/Frameworks/Electron Framework.framework')
    await mkdir(inside, { recursive: true })
    const program = await fakeProgram(join(inside, 'Electron Framework'))
    await afterPack(context('darwin'))
    expect((await getCurrentFuseWire(program))[FuseV1Options.RunAsNode]).toBe(FuseState.DISABLE)
  })

  it('refuses to pack a program that has a fuse nobody has decided on', async () => {
    await fakeProgram(join(folder, 'cortex'), '1011001011')
    await expect(afterPack(context('linux'))).rejects.toThrow()
  })

  it('sees one fuse that is wrong', async () => {
    const program = await fakeProgram(join(folder, 'cortex'))
    await afterPack(context('linux'))
    const bytes = await readFile(program)
    bytes.write('1', bytes.indexOf(sentinel) + sentinel.length + 2 + FuseV1Options.EnableNodeCliInspectArguments)
    await writeFile(join(folder, 'wrong'), bytes)
    await copyFile(join(folder, 'wrong'), program)
    await expect(checkFuses(program)).rejects.toThrow('EnableNodeCliInspectArguments')
  })

  const artefacts = [join(dist, 'linux-unpacked', 'cortex'), join(dist, 'linux-arm64-unpacked', 'cortex'), join(dist, 'win-unpacked', 'Cortex.exe'), join(dist, 'mac', 'Cortex.app'), join(dist, 'mac-arm64', 'Cortex.app')].filter(path => existsSync(path))
  it.skipIf(artefacts.length === 0)(`holds in every packed program (skipped where dist/ holds none; found ${artefacts.length})`, async () => {
    for (const artefact of artefacts) await checkFuses(artefact)
  })
})
