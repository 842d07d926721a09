import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import { join } from 'node:path'
import { startInProcess } from './in-process-app.ts'

// Runs on a disk that is about to be full and prints what the application did there, as JSON.
// argv: the folder to work in; the number of bytes of a filler file that takes the rest of the disk, 0 where the size of files is limited instead; the bytes of a text that is too large.
const [folder = '', fillerBytes = '0', largeBytes = '0'] = process.argv.slice(2)
const workspace = join(folder, 'work')
const good = join(workspace, 'good.txt')
const filler = join(folder, 'filler')

type Outcome = string
const outcome = async (work: Promise<unknown>): Promise<Outcome> => await work.then(() => 'ok', (error: { code?: string; message: string }) => error.code ?? error.message)

fs.mkdirSync(workspace, { recursive: true })
const app = await startInProcess(folder)
const { client } = app
const { id: workspaceId } = await client.workspaces.open({ path: workspace })
const write = (text: string): Promise<Outcome> => outcome(client.files.write({ workspaceId, path: 'good.txt', text, expectedVersion: null }))
const keep = (path: string, text: string): Promise<Outcome> => outcome(client.buffers.keep({ workspaceId, path, text, baseVersion: null }))

const result: Record<string, unknown> = {}
result['first'] = await write('the good old text')
fill()
result['large'] = await write('x'.repeat(Number(largeBytes)))
result['afterLarge'] = fs.readFileSync(good, 'utf8')
result['namesAfterLarge'] = fs.readdirSync(workspace)
result['settings'] = await outcome(client.settings.writeFile({ scope: 'workspace', workspaceId, text: `{} // ${'x'.repeat(Math.min(Number(largeBytes), 900_000))}` }))

// Unsaved text is kept until the database can take no more.
const acknowledged: string[] = []
let last = 'ok'
for (let index = 0; last === 'ok' && index < 500; index++) {
  const path = `untitled:${index}`
  last = await keep(path, `${index} ${'y'.repeat(20_000)}`)
  if (last === 'ok') acknowledged.push(path)
}
result['keepEndsWith'] = last
result['acknowledged'] = acknowledged.length
result['listedWhileFull'] = (await client.buffers.list({ workspaceId })).length

// Space comes back: everything works again, in the same process.
fs.rmSync(filler, { force: true })
if (fillerBytes === '0') execFileSync('prlimit', ['--pid', String(process.pid), '--fsize=unlimited'])
for (const path of acknowledged.slice(1)) await client.buffers.discard({ workspaceId, path })
result['writeAfter'] = await write('the new text')
result['keepAfter'] = await keep('untitled:after', 'kept again')
await app.dispose()

const again = await startInProcess(folder)
result['problemAfter'] = (await again.client.app.info()).storageProblem
const listed = await again.client.buffers.list({ workspaceId })
result['firstKept'] = listed.find(buffer => buffer.path === 'untitled:0')?.text.length ?? null
result['keptAfter'] = listed.find(buffer => buffer.path === 'untitled:after')?.text ?? null
result['fileAfter'] = fs.readFileSync(good, 'utf8')
await again.dispose()
process.stdout.write(JSON.stringify(result))

function fill(): void {
  if (fillerBytes === '0') return
  const descriptor = fs.openSync(filler, 'w')
  try {
    for (let written = 0; written < Number(fillerBytes); written += 16_384) fs.writeSync(descriptor, Buffer.alloc(16_384, 1))
  } catch {
    // The disk is full, as it should be.
  }
  fs.closeSync(descriptor)
  // Room for the first pages of the database, and no more.
  fs.truncateSync(filler, Math.max(0, fs.statSync(filler).size - 300_000))
}
