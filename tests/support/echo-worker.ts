import { serveWorker } from '../../native/shared/serve-worker.ts'
import { echoRouter } from './echo-router.ts'

serveWorker(echoRouter())
