import { serveWorker } from '../shared/serve-worker.ts'
import { hardwareRouter } from './hardware-router.ts'

serveWorker(hardwareRouter())
