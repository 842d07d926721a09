import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, sep } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answerAsset } from '../../main/electron/answer-asset.ts'
import { resolveAsset } from '../../main/electron/resolve-asset.ts'
import { pageHeaders } from '../../main/transport/content-security-policy.ts'

let base: string
let root: string

beforeAll(async () => {
  base = await realpath(await mkdtemp(join(tmpdir(), 'cortex-s3-')))
  root = join(base, 'page')
  await mkdir(join(root, 'assets'), { recursive: true })
  await writeFile(join(root, 'index.html'), '<!doctype html>')
  await writeFile(join(root, 'assets', 'index-1.js'), 'page')
  await writeFile(join(root, 'assets', 'ünïcode 1.css'), 'a{}')
  await writeFile(join(root, 'secret.key'), 'not a kind the page has')
  await writeFile(join(base, 'outside.js'), 'secret')
  await mkdir(join(base, 'page-other'))
  await writeFile(join(base, 'page-other', 'index.js'), 'secret')
  await symlink(join(base, 'outside.js'), join(root, 'link.js'))
  await symlink(base, join(root, 'up'))
  await symlink('loop.js', join(root, 'loop.js'))
  await symlink(join(root, 'assets', 'index-1.js'), join(root, 'inner.js'))
})
afterAll(async () => await rm(base, { recursive: true, force: true }))

const attacks = [
  '../outside.js', '%2e%2e/outside.js', '%2E%2E%2Foutside.js', '..%2foutside.js', '..%5coutside.js', '..\\outside.js', '%252e%252e%252foutside.js', 'assets/../../outside.js', './index.html', 'assets/./index-1.js',
  '/etc/passwd', '//etc/passwd', 'C:/Windows/win.ini', 'C:%5CWindows', 'c:', 'index.html\0', 'index.html%00.js', '%00', 'link.js', 'up/outside.js', 'up', 'loop.js', 'assets', 'assets/', 'index.html/', 'index.html.', 'index.html ',
  'index.html%20', 'index.html::$DATA', '...', '.../outside.js', '%c0%ae%c0%ae/outside.js', '%', '%zz', '%u002e', '\u2024\u2024/outside.js', '\uff0e\uff0e\uff0foutside.js', '../page-other/index.js', '~/.ssh/id_rsa', 'CON', 'missing.js',
]

describe('S3: the page\'s scheme serves files of its folder and nothing else', () => {
  it.each([
    ['', 'index.html'], ['index.html', 'index.html'], ['index.html?a=/../..#/../..', 'index.html'], ['assets/index-1.js', 'assets/index-1.js'], ['assets/%C3%BCn%C3%AFcode%201.css', 'assets/ünïcode 1.css'], ['inner.js', 'assets/index-1.js'],
  ])('serves %j', async (path, file) => {
    expect(await resolveAsset(root, `app://cortex/${path}`)).toEqual({ isFound: true, path: join(root, file) })
  })

  it.each(attacks.map(attack => [attack]))('refuses %j', async attack => {
    expect(await resolveAsset(root, `app://cortex/${attack}`)).toMatchObject({ isFound: false })
  })

  it.each(['app://other/index.html', 'app://cortex.evil/index.html', 'app://cortex@evil/index.html', 'app://cortex:80/index.html', 'app:///index.html', 'https://cortex/index.html', 'file:///etc/passwd', 'APP://CORTEX/index.html', 'app://cortex'])(
    'refuses the origin of %s',
    async address => {
      expect(await resolveAsset(root, address)).toMatchObject({ isFound: false })
    },
  )

  it('never leaves the folder in 10,000 made-up addresses', async () => {
    const part = fc.constantFrom('..', '.', '', 'assets', 'index-1.js', 'link.js', 'up', 'outside.js', '%2e', '%2e%2e', '%2f', '%5c', '%00', '%25', '%252e%252e', '\\', '\0', 'C:', '/', '~', '%c0%ae', '\u2025', '…', 'index.html', ' ', '%20', ':')
    const address = fc.array(fc.oneof(part, fc.string({ maxLength: 4 })), { maxLength: 8 }).chain(parts => fc.constantFrom('/', '', '%2f', '\\').map(joint => parts.join(joint)))
    let served = 0
    await fc.assert(
      fc.asyncProperty(address, async path => {
        const asset = await resolveAsset(root, `app://cortex/${path}`)
        if (!asset.isFound) return
        served++
        expect((await realpath(asset.path)).startsWith(root + sep)).toBe(true)
      }),
      { numRuns: 10_000 },
    )
    expect(served).toBeGreaterThan(0)
    process.stdout.write(`S3: ${attacks.length} attacks refused; of 10,000 made-up addresses ${served} were served, none from outside the folder\n`)
  })

  it('answers with the page\'s headers, a type it knows, and no word about the disk', async () => {
    const headers = pageHeaders()
    const good = await answerAsset(root, headers, { method: 'GET', url: 'app://cortex/assets/index-1.js' })
    expect([good.status, await good.text(), good.headers.get('content-type')]).toEqual([200, 'page', 'text/javascript; charset=utf-8'])
    expect((await answerAsset(root, headers, { method: 'HEAD', url: 'app://cortex/' })).headers.get('content-length')).toBe('15')
    expect((await answerAsset(root, headers, { method: 'POST', url: 'app://cortex/index.html' })).status).toBe(405)
    expect((await answerAsset(root, headers, { method: 'GET', url: 'app://cortex/secret.key' })).status).toBe(404)
    const bad = await answerAsset(root, headers, { method: 'GET', url: 'app://cortex/link.js' })
    expect([bad.status, await bad.text()]).toEqual([404, ''])
    for (const answer of [good, bad]) {
      expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self';")
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
      expect(answer.headers.get('cross-origin-opener-policy')).toBe('same-origin')
      expect(answer.headers.get('cross-origin-embedder-policy')).toBe('require-corp')
      expect(answer.headers.get('cross-origin-resource-policy')).toBe('same-origin')
    }
  })

  it('shows the recovery page without any script', async () => {
    const answer = await answerAsset(root, pageHeaders(), { method: 'GET', url: 'app://cortex/recovery.html' })
    const html = await answer.text()
    expect(html).toContain('Open the window again')
    expect(html).not.toMatch(/<script|\son\w+=|javascript:/i)
  })
})
