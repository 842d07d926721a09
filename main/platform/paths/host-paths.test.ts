import fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { displayPath } from './display-path.ts'
import { hostPaths, prepareFolders } from './host-paths.ts'

let folder: string
beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'paths-'))
})
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }))

describe('hostPaths', () => {
  it('takes CORTEX_HOME, else the folder of the platform', () => {
    const chosen = hostPaths({ environment: { CORTEX_HOME: folder, HOME: '/home/somebody' }, resources: '/r' })
    expect(chosen).toEqual({ home: '/home/somebody', state: folder, logs: join(folder, 'logs'), resources: '/r' })
    const standard = hostPaths({ environment: {}, resources: '/r' })
    expect(standard.state).toMatch(/cortex/i)
    expect(standard.home).not.toBe('')
  })

  it.skipIf(process.platform === 'win32')('makes folders for their owner alone, also where they stood open (skipped on Windows: it needs POSIX)', () => {
    fs.mkdirSync(join(folder, 'state'), { mode: 0o755 })
    const paths = hostPaths({ environment: { CORTEX_HOME: join(folder, 'state') }, resources: '/r' })
    prepareFolders(paths)
    for (const path of [paths.state, paths.logs]) expect(fs.statSync(path).mode & 0o777).toBe(0o700)
  })
})

describe('displayPath', () => {
  it('shortens what lies in the home folder', () => {
    expect(displayPath('/home/a/code', '/home/a')).toBe('~/code')
    expect(displayPath('/home/a', '/home/a')).toBe('~')
    expect(displayPath('/home/ab', '/home/a')).toBe('/home/ab')
    expect(displayPath('/etc', '/')).toBe('~/etc')
  })
})
