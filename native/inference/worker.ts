import { serveWorker } from '../shared/serve-worker.ts'
import { inferenceRouter } from './inference-router.ts'

serveWorker(inferenceRouter())
