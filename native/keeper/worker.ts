import { serveWorker } from '../shared/serve-worker.ts'
import { keeperRouter } from './keeper-router.ts'

serveWorker(keeperRouter())
