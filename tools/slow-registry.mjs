import { createServer } from 'node:http'

const chunk = Buffer.alloc(256 * 1024)
const pauseMilliseconds = 100

/** A registry of models on this machine that sends zeros slowly, so that a download can be looked at. What it lists has a hash that zeros do not have. */
export async function startSlowRegistry(sizeBytes) {
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/api/models/')) return void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify([{ type: 'file', path: 'model.gguf', size: sizeBytes, lfs: { oid: 'f'.repeat(64), size: sizeBytes } }]))
    if (!request.url?.includes('/resolve/')) return void response.writeHead(404).end()
    const [, from = '0', to = ''] = /bytes=(\d+)-(\d*)/.exec(request.headers.range ?? '') ?? []
    const [start, end] = [Number(from), to === '' ? sizeBytes - 1 : Math.min(Number(to), sizeBytes - 1)]
    response.writeHead(206, { etag: '"zeros"', 'accept-ranges': 'bytes', 'content-length': end - start + 1, 'content-range': `bytes ${start}-${end}/${sizeBytes}` })
    if (request.method === 'HEAD') return void response.end()
    let sent = start
    const timer = setInterval(() => {
      const next = chunk.subarray(0, Math.min(chunk.length, end + 1 - sent))
      sent += next.length
      response.write(next)
      if (sent > end) response.end()
    }, pauseMilliseconds)
    response.on('close', () => clearInterval(timer))
  })
  await new Promise(done => server.listen(0, '127.0.0.1', done))
  return { url: `http://127.0.0.1:${server.address().port}`, stop: () => new Promise(done => server.close(done).closeAllConnections()) }
}
