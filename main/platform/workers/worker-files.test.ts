import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { nodeExecutable } from './node-executable.ts'
import { workerEntry } from './worker-entry.ts'
import { workerEnvironment } from './worker-environment.ts'

const folder = mkdtempSync(join(tmpdir(), 'cortex-workers-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('workerEntry', () => {
  it('finds the worker in the source tree', () => {
    expect(workerEntry('pty')).toBe(join(import.meta.dirname, '../../../native/pty/worker.ts'))
  })

  it('finds the built worker beside the host, from an entry and from a shared chunk, and outside the archive', () => {
    for (const place of ['main', 'app.asar.unpacked/out/main']) {
      mkdirSync(join(folder, place, 'workers'), { recursive: true })
      mkdirSync(join(folder, place, 'chunks'), { recursive: true })
      writeFileSync(join(folder, place, 'workers', 'pty.js'), '')
    }
    expect(workerEntry('pty', join(folder, 'main'))).toBe(join(folder, 'main/workers/pty.js'))
    expect(workerEntry('pty', join(folder, 'main/chunks'))).toBe(join(folder, 'main/workers/pty.js'))
    expect(workerEntry('pty', join(folder, 'app.asar/out/main'))).toBe(join(folder, 'app.asar.unpacked/out/main/workers/pty.js'))
  })

  it('says what is missing', () => {
    expect(() => workerEntry('nothing')).toThrow('The worker nothing was not built')
  })
})

describe('nodeExecutable', () => {
  const versions = { ...process.versions }
  it('is this process, when that is a plain Node that is new enough', () => {
    expect(nodeExecutable({ execPath: '/usr/bin/node', versions: { ...versions, node: '24.1.0' }, platform: 'linux', arch: 'x64' })).toBe('/usr/bin/node')
  })

  it('is the one that ships, in Electron and under an older Node', () => {
    const runtime = { execPath: '/app/cortex', platform: process.platform, arch: process.arch }
    for (const own of [{ ...versions, electron: '45.4.1' }, { ...versions, node: '20.19.0' }]) {
      const found = nodeExecutable({ ...runtime, versions: own })
      expect(found).not.toBe('/app/cortex')
      expect(found).toMatch(/node_modules[\\/]node-.*[\\/]node(\.exe)?$/)
    }
  })

  it('says what to do where none ships', () => {
    expect(() => nodeExecutable({ execPath: '/x', versions: { ...versions, node: '20.0.0' }, platform: 'plan9', arch: 'mips' })).toThrow('Node 24 for plan9-mips is missing')
    expect(() => nodeExecutable({ execPath: '/x', versions: { ...versions, node: '20.0.0' }, platform: 'darwin', arch: process.platform === 'darwin' && process.arch === 'x64' ? 'arm64' : 'x64' })).toThrow('is missing')
  })
})

describe('workerEnvironment', () => {
  it('lets through what programs need and nothing that may be secret', () => {
    const host = { PATH: '/bin', HOME: '/home/me', LC_ALL: 'C', lang: 'de', CUDA_VISIBLE_DEVICES: '0', AWS_SECRET_ACCESS_KEY: 's', CORTEX_TOKEN: 's', NODE_OPTIONS: '--require evil', LD_PRELOAD: 'evil.so', GITHUB_TOKEN: 's', EMPTY: undefined }
    expect(workerEnvironment(host, { UV_THREADPOOL_SIZE: '1' })).toEqual({ PATH: '/bin', HOME: '/home/me', LC_ALL: 'C', lang: 'de', CUDA_VISIBLE_DEVICES: '0', UV_THREADPOOL_SIZE: '1' })
  })
})
