import { startInProcess } from './in-process-app.ts'

// Types without end into a few buffers and prints what was acknowledged, until it is killed.
const [folder = '', workspace = '', first = '0'] = process.argv.slice(2)
const { client } = await startInProcess(folder)
const { id: workspaceId } = await client.workspaces.open({ path: workspace })
for (let count = Number(first); ; count++) {
  await client.buffers.keep({ workspaceId, path: `untitled:${count % 3}`, text: `${count} ${'typed '.repeat(200)}`, baseVersion: null })
  process.stdout.write(`${count}\n`)
}
