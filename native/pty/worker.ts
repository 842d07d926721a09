import { serveWorker } from '../shared/serve-worker.ts'
import { leaveMemoryAsItWas } from './leave-memory.ts'
import { ptyRouter } from './pty-router.ts'
import { openShell } from './shell-pty.ts'
import { Terminals } from './terminals.ts'

leaveMemoryAsItWas(process.env)
const terminals = new Terminals(openShell)
serveWorker(ptyRouter(terminals), { onExit: () => terminals.killAll() })
