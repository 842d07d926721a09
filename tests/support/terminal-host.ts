import { connect } from './socket-client.ts'
import { startTestApp } from './test-host.ts'

// A host to be killed: starts one terminal with a shell that ignores every polite signal, and prints what runs.
const { http, makeFolder } = await startTestApp({ 'model.loadAtStart': false, 'terminal.shell': '/bin/sh' })
const { client } = await connect(http)
const { id: workspaceId } = await client.workspaces.open({ path: makeFolder('workspace') })
const { id: terminalId, pid } = await client.terminals.create({ workspaceId, columns: 80, rows: 24 })
await client.terminals.write({ workspaceId, terminalId, data: "trap '' HUP TERM INT; (trap '' HUP TERM INT; echo job=$(exec sh -c 'echo $PPID'); sleep 1000; sleep 1000)\r" })
let text = ''
for await (const event of await client.terminals.attach({ workspaceId, terminalId })) {
  if (event.type === 'snapshot') text += event.replay
  if (event.type === 'data') text += event.data
  if (/job=\d+\r?\n/.test(text)) break
}
process.stdout.write(`${JSON.stringify({ shell: pid, job: Number(/job=(\d+)\r?\n/.exec(text)?.[1]) })}\n`)
setInterval(() => undefined, 1000)
