import { serveWorker } from '../shared/serve-worker.ts'
import { ptyRouter } from './pty-router.ts'
import { openShell } from './shell-pty.ts'
import { Terminals } from './terminals.ts'

const terminals = new Terminals(openShell)
serveWorker(ptyRouter(terminals), { onExit: () => terminals.killAll() })
