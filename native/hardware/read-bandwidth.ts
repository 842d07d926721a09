import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

interface Request {
  threadCounts: readonly number[]
  milliseconds: number
  /** Read by all threads together, over and over: larger than any cache. */
  bufferBytes: number
}

// Searching a byte that is not there runs over memory at the speed of the C library.
const reader = `
  const { parentPort, workerData } = require('node:worker_threads')
  const buffer = Buffer.alloc(workerData.bytes, 1)
  parentPort.once('message', end => {
    let read = 0
    const started = performance.now()
    while (Date.now() < end) { buffer.indexOf(0); read += buffer.length }
    parentPort.postMessage({ read, milliseconds: performance.now() - started })
  })
  parentPort.postMessage('ready')
`

/** Bytes that the processor reads from memory in a second, with as many threads as read fastest. */
export async function readBandwidth({ threadCounts, milliseconds, bufferBytes }: Request, signal?: AbortSignal): Promise<{ bytesPerSecond: number; threads: number }> {
  let best = { bytesPerSecond: 0, threads: 1 }
  for (const threads of threadCounts) {
    signal?.throwIfAborted()
    const bytesPerSecond = await readWith(threads, milliseconds, Math.ceil(bufferBytes / threads))
    if (bytesPerSecond > best.bytesPerSecond) best = { bytesPerSecond, threads }
  }
  return best
}

async function readWith(threads: number, milliseconds: number, bytes: number): Promise<number> {
  const workers = Array.from({ length: threads }, () => new Worker(reader, { eval: true, workerData: { bytes } }))
  try {
    await Promise.all(workers.map(worker => once(worker, 'message')))
    const end = Date.now() + milliseconds
    const results = await Promise.all(
      workers.map(async worker => {
        worker.postMessage(end)
        const [result] = (await once(worker, 'message')) as [{ read: number; milliseconds: number }]
        return (result.read / result.milliseconds) * 1000
      }),
    )
    return results.reduce((sum, rate) => sum + rate, 0)
  } finally {
    await Promise.all(workers.map(worker => worker.terminate()))
  }
}
