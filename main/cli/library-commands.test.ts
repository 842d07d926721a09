import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test, vi } from 'vitest'
import { CommandLine } from '../../tests/support/command-line.ts'
import { startRangePeer } from '../../tests/support/range-peer.ts'
import { starterPath } from '../../tests/support/starter.ts'
import { secondsText } from './seconds-text.ts'

const line = new CommandLine()
beforeEach(() => {
  for (const name of ['OLLAMA_MODELS', 'HF_HOME', 'HF_HUB_CACHE']) vi.stubEnv(name, join(line.folder, 'nothing'))
  vi.stubEnv('HOME', line.folder)
})

async function run(...words: string[]): Promise<[code: number, out: string, errors: string]> {
  return [await line.run(...words), line.out, line.errors]
}

test('the catalogue, details, scans and packs from the command line', { timeout: 240_000 }, async () => {
  expect((await run('models', 'browse', 'smollm2-135m'))[1]).toMatch(/^smollm2-135m-instruct:Q4_1 +98\.4 MB +fits .* chat {2}Apache-2\.0\n/)
  expect((await run('models', 'browse', 'nothing of that name'))[1]).toBe('Nothing in the catalogue fits that.\n')
  expect((JSON.parse((await run('models', 'browse', '--use', 'rerank', '--json'))[1]) as { entry: { id: string } }[]).map(({ entry }) => entry.id)).toEqual(['bge-reranker-v2-m3'])
  expect((await run('models', 'browse', '--use', 'cooking'))[0]).toBe(2)
  expect((await run('models', 'show', 'smollm2-135m-instruct'))[1]).toContain('Source of licence: ')
  expect((await run('models', 'show', starterPath))[1]).toMatch(/Architecture +llama\n/)
  expect((await run('models', 'show', starterPath, '--tensors'))[1]).toContain('token_embd.weight  Q8_0')
  expect((await run('models', 'show', join(line.folder, 'nowhere.gguf')))[0]).toBe(1)
  // The beginning of a name is enough, as for every other command.
  expect((await run('models', 'show', 'cortex st'))[1]).toMatch(/^File +.*starter.*\.gguf\n/)
  expect(await run('models', 'show', 'nobody')).toEqual([2, '', expect.stringContaining('There is nothing called “nobody”.')])

  const disk = join(line.folder, 'disk')
  mkdirSync(disk)
  cpSync(starterPath, join(disk, 'copy.gguf'))
  writeFileSync(join(disk, 'broken.gguf'), 'x')
  const [, scanned] = await run('models', 'scan', disk)
  expect(scanned).toContain('copy.gguf  9.1 MB  llama Q8_0')
  expect(scanned).toContain('Add them with --add.')
  expect((await run('models', 'scan', disk, '--add'))[1]).toContain('1 model is on the list.\n')
  expect((await run('models', 'scan', disk, '--add'))[1]).toContain('on the list already')
  expect((await run('models', 'scan'))[1]).toBe('No model was found.\n')
  expect((await run('models', 'folders'))[1]).toBe('No folder was added.\n')
  expect((await run('models', 'add-folder', disk))[1]).toContain('Not taken: ')
  expect((await run('models', 'folders'))[1]).toBe(`${disk}  1 model, 1 not taken\n`)

  // The copy is called as the starter is.
  const twins = await run('models', 'pack', join(line.folder, 'twins'), 'cortex')
  expect(twins).toEqual([2, '', expect.stringMatching(/“cortex” names 2 models\.\nThey are Cortex Starter 8M \(starter, .*; Cortex Starter 8M \(file-\w+, .*copy\.gguf\)\.\n/)])
  expect((await run('models', 'show', 'Cortex Starter 8M'))[0]).toBe(2)

  const stick = join(line.folder, 'stick')
  expect((await run('models', 'pack', stick, join(disk, 'copy.gguf')))[1]).toBe(`1 model, 9.1 MB, in ${stick}\n`)
  expect((await run('models', 'pack', stick, 'nobody'))[0]).toBe(2)
  // Of a licence a pack has the name alone, and its help says so.
  expect(readdirSync(stick, { recursive: true }).sort()).toEqual(['001', join('001', 'copy.gguf'), 'cortex-pack.json'])
  expect((await run('models', 'pack', '--help'))[1].replace(/\s+/g, ' ')).toContain('the names of their licences, as far as they are known')
  expect((await run('models', 'unpack', stick))[0]).toBe(0)
  writeFileSync(join(stick, '001', 'copy.gguf'), 'changed')
  expect(await run('models', 'unpack', stick)).toEqual([1, expect.stringContaining('Not taken: '), ''])

  expect(await run('models', 'remove-folder', stick)).toEqual([2, '', expect.stringContaining(`${stick} was not added.`)])
  expect((await run('models', 'remove-folder', disk))[0]).toBe(0)
  expect((await run('models', 'folders', '--json'))[1]).toBe('[]\n')
  expect((await run('models', 'list'))[1]).not.toContain(disk)
  expect(existsSync(join(disk, 'copy.gguf'))).toBe(true)
})

test('downloads from the command line: planned, refused, allowed, followed to their end, and listed', { timeout: 240_000 }, async () => {
  const peer = await startRangePeer()
  try {
    const bytes = readFileSync(starterPath)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const content = { sizeBytes: bytes.length, slice: (start: number, end: number) => bytes.subarray(start, end) }
    peer.files.set('/starter.gguf', { content, etag: '"a"' })
    peer.files.set('/owner/name/resolve/main/sub-Q8_0.gguf', { content, etag: '"a"' })
    peer.answers.set('/api/models/owner/name/tree/main', { status: 200, body: JSON.stringify([{ type: 'file', path: 'sub-Q8_0.gguf', size: bytes.length, lfs: { oid: sha256, size: bytes.length } }, { type: 'file', path: 'other-Q4_0.gguf', size: 1 }]) })
    const url = peer.url('/starter.gguf')

    expect((await run('models', 'download', url, '--plan'))[1]).toContain(`127.0.0.1:${peer.port}  refused`)
    const refused = await run('models', 'download', url)
    expect(refused[0]).toBe(1)
    expect(refused[2]).toContain(`cortex egress grant 127.0.0.1:${peer.port} --feature models`)
    expect(peer.requests).toEqual([])

    const [code, said] = await run('models', 'download', url, '--sha256', sha256, '--allow')
    expect([code, said]).toEqual([0, expect.stringMatching(/starter\.gguf {2}done {2}9\.1 MB of 9\.1 MB {2}hash confirmed\n/)])
    expect((await run('models', 'downloads'))[1]).toContain('starter.gguf  done')
    expect((await run('models', 'pause', 'nothing'))[0]).toBe(2)
    expect((await run('models', 'cancel', 'starter.gguf'))[1]).toContain('done')
    expect(await run('models', 'remove-download', 'nothing')).toEqual([2, '', expect.stringContaining('There is no download “nothing”.')])
    expect(await run('models', 'remove-download', 'starter.gguf')).toEqual([0, 'It is off the list.\n', ''])
    expect((await run('models', 'downloads'))[1]).toBe('Nothing was downloaded.\n')
    // Its file stays.
    expect((await run('models', 'list'))[1]).toContain('starter.gguf')

    mkdirSync(join(line.folder, 'state'), { recursive: true })
    writeFileSync(join(line.folder, 'state', 'settings.jsonc'), JSON.stringify({ 'models.registry': peer.url('') }))
    expect((await run('models', 'download', 'owner/name:Q8_0'))[0]).toBe(0)
    expect(existsSync(join(line.folder, 'state', 'models', 'owner', 'name', 'sub-Q8_0.gguf'))).toBe(true)
    expect((await run('models', 'download', 'owner/name'))[0]).toBe(2)
    expect((await run('models', 'download', 'owner/name/sub-Q8_0.gguf', '--json'))[1]).toContain('"hashSource":"repository"')
    // What the peer does not have is said in words.
    expect((await run('models', 'download', 'owner/name/gone.gguf'))[2]).toContain('does not have')
    expect((await run('models', 'download', 'nothing-of-that-name'))[0]).toBe(2)
    expect((await run('models', 'download', 'smollm2-135m-instruct'))[0]).toBe(2)
    expect((await run('models', 'download', 'codestral-22b-v0.1', '--plan'))[1]).toContain('Licence: MNPL-0.1')
  } finally {
    await peer.close()
  }
})

test('times are said as a person says them', () => {
  expect([1, 89, 600, 9000].map(secondsText)).toEqual(['1 s', '89 s', '10 min', '2.5 h'])
})
