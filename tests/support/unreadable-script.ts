import fs from 'node:fs'
import { join } from 'node:path'
import { startInProcess } from './in-process-app.ts'

// Gives up root, so that permissions count, and prints what the application says about places it may not use.
const [folder = ''] = process.argv.slice(2)
const nobody = 65_534
const work = join(folder, 'work')
fs.mkdirSync(join(work, 'closed'), { recursive: true })
fs.mkdirSync(join(work, 'fixed'))
fs.mkdirSync(join(folder, 'closed'))
for (const name of ['closed.txt', 'fixed.txt', 'fixed/a.txt', 'open.txt']) fs.writeFileSync(join(work, name), 'as it was')

if (process.getuid?.() === 0) {
  for (const path of [folder, work, join(work, 'closed'), join(work, 'fixed'), join(folder, 'closed'), ...['closed.txt', 'fixed.txt', 'fixed/a.txt', 'open.txt'].map(name => join(work, name))]) fs.chownSync(path, nobody, nobody)
  process.setgroups?.([])
  process.setgid?.(nobody)
  process.setuid?.(nobody)
}
fs.chmodSync(join(work, 'closed.txt'), 0o000)
fs.chmodSync(join(work, 'closed'), 0o000)
fs.chmodSync(join(folder, 'closed'), 0o000)
fs.chmodSync(join(work, 'fixed.txt'), 0o444)
fs.chmodSync(join(work, 'fixed'), 0o555)

const outcome = async (work: Promise<unknown>): Promise<string> => await work.then(() => 'ok', (error: { code?: string; message: string }) => error.code ?? error.message)
const { client, dispose } = await startInProcess(folder)
const { id: workspaceId } = await client.workspaces.open({ path: work })
const at = (path: string) => ({ workspaceId, path })
const write = (path: string): Promise<string> => outcome(client.files.write({ ...at(path), text: 'new', expectedVersion: null }))
const result = {
  openClosedFolder: await outcome(client.workspaces.open({ path: join(folder, 'closed') })),
  browseClosedFolder: await outcome(client.workspaces.browse({ path: join(folder, 'closed') })),
  browsed: (await client.workspaces.browse({ path: folder })).folders.filter(item => !item.isReadable).map(item => item.name),
  listClosedFolder: await outcome(client.files.list(at('closed'))),
  readClosedFile: await outcome(client.files.read(at('closed.txt'))),
  readInClosedFolder: await outcome(client.files.read(at('closed/a.txt'))),
  writeClosedFile: await write('closed.txt'),
  isFixedReadOnly: (await client.files.read(at('fixed.txt'))).isReadOnly,
  writeFixedFile: await write('fixed.txt'),
  writeInFixedFolder: await write('fixed/a.txt'),
  createInFixedFolder: await outcome(client.files.create({ ...at('fixed/b.txt'), kind: 'file' })),
  moveFromFixedFolder: await outcome(client.files.move({ workspaceId, from: 'fixed/a.txt', to: 'a.txt' })),
  writeOpenFile: await write('open.txt'),
  listed: (await client.files.list(at(''))).entries.map(entry => entry.name),
  fixedText: fs.readFileSync(join(work, 'fixed.txt'), 'utf8'),
  uid: process.getuid?.(),
}
await dispose()
for (const path of [join(work, 'closed'), join(work, 'fixed'), join(folder, 'closed')]) fs.chmodSync(path, 0o755)
process.stdout.write(JSON.stringify(result))
