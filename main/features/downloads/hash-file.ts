import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'

const chunkBytes = 1 << 20

/** SHA-256 of a file as hex. Rejects with what the system says, and with the signal's reason. */
export async function hashFile(path: string, { signal, onProgress }: { signal?: AbortSignal | undefined; onProgress?: (doneBytes: number) => void } = {}): Promise<string> {
  await using file = await open(path)
  const hash = createHash('sha256')
  const buffer = Buffer.alloc(chunkBytes)
  let done = 0
  for (;;) {
    signal?.throwIfAborted()
    const { bytesRead } = await file.read(buffer, 0, chunkBytes, done)
    if (bytesRead === 0) return hash.digest('hex')
    hash.update(buffer.subarray(0, bytesRead))
    done += bytesRead
    onProgress?.(done)
  }
}
