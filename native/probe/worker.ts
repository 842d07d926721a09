import { serveWorker } from '../shared/serve-worker.ts'
import { probeRouter } from './probe-router.ts'

serveWorker(probeRouter())
