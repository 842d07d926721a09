import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { staticFiles } from './static-files.ts'

let folder = ''
let server: Server
let origin = ''

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'cortex-static-')))
  const page = join(folder, 'page')
  mkdirSync(join(page, 'assets'), { recursive: true })
  writeFileSync(join(folder, 'secret.txt'), 'secret')
  writeFileSync(join(page, 'index.html'), '<!doctype html>')
  writeFileSync(join(page, 'assets', 'a-1.js'), 'export {}')
  writeFileSync(join(page, 'empty.css'), '')
  writeFileSync(join(page, 'gone.js'), 'x')
  symlinkSync(join(folder, 'secret.txt'), join(page, 'link.txt'))
  symlinkSync(folder, join(page, 'up'))
  const files = await staticFiles(page, { 'x-test': 'yes' })
  rmSync(join(page, 'gone.js'))
  server = createServer((request, response) => {
    void files.serve(request.url ?? '', request, response).then(isFound => isFound || response.writeHead(404).end())
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as { port: number }).port}`
})
afterAll(() => {
  server.close()
  rmSync(folder, { recursive: true, force: true })
})

test('serves what lies in the folder, with its type', async () => {
  const page = await fetch(`${origin}/`)
  expect([page.status, await page.text(), page.headers.get('content-type'), page.headers.get('cache-control'), page.headers.get('x-test')]).toEqual([200, '<!doctype html>', 'text/html; charset=utf-8', 'no-store', 'yes'])
  const script = await fetch(`${origin}/assets/a-1.js`)
  expect([await script.text(), script.headers.get('cache-control')]).toEqual(['export {}', 'private, max-age=31536000, immutable'])
  expect(await (await fetch(`${origin}/empty.css`)).text()).toBe('')
  expect((await fetch(`${origin}/index.html`, { method: 'HEAD' })).headers.get('content-length')).toBe('15')
})

test.each(['/link.txt', '/up/secret.txt', '/../secret.txt', '/%2e%2e/secret.txt', '/assets', '/assets/', '/index.html%00', '//index.html', '/INDEX.HTML'])('has nothing at %s', async path => {
  const response = await new Promise<number>((resolve, reject) => {
    // `fetch` would tidy the path.
    import('node:http').then(({ get }) => get({ host: '127.0.0.1', port: new URL(origin).port, path }, answer => (answer.resume(), resolve(answer.statusCode ?? 0))).on('error', reject), reject)
  })
  expect(response).toBe(404)
})

test('cuts the answer when a file was taken away meanwhile', async () => {
  await expect(fetch(`${origin}/gone.js`).then(async answer => await answer.text())).rejects.toThrow()
})

test('a folder that is not there has no files', async () => {
  const files = await staticFiles(join(folder, 'nowhere'), {})
  expect(await files.serve('/', {} as never, {} as never)).toBe(false)
})

test('serves another build that has taken the place of the first', async () => {
  const [page, next] = [join(folder, 'page'), join(folder, 'next')]
  mkdirSync(join(next, 'assets'), { recursive: true })
  writeFileSync(join(next, 'index.html'), '<!doctype html><title>New</title>')
  writeFileSync(join(next, 'assets', 'a-2.js'), 'export const a = 2')
  renameSync(page, join(folder, 'former'))
  renameSync(next, page)
  expect(await (await fetch(`${origin}/`)).text()).toBe('<!doctype html><title>New</title>')
  expect((await fetch(`${origin}/assets/a-2.js`)).status).toBe(200)
  expect((await fetch(`${origin}/assets/a-1.js`)).status).toBe(404)
})
