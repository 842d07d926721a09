import { createHash, type Hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { appendFile, open, stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import type { Token } from 'node-llama-cpp'
import type { LoadRequest } from './contract.ts'
import type { Lane } from './lane.ts'
import type { Lanes } from './lanes.ts'

const sealBytes = 32
const sampleBytes = 1 << 16
/** A state for less than this is computed sooner than read. */
const leastTokens = 16

/**
 * States of prompts in files. llama.cpp believes what stands in such a file and ends the process where it is wrong, so a seal over the file, the
 * model and the plan stands at its end, and nothing is read that does not bear it.
 */
export class PromptStates {
  readonly #lanes: Lanes
  readonly #fingerprint: string

  private constructor(lanes: Lanes, fingerprint: string) {
    this.#lanes = lanes
    this.#fingerprint = fingerprint
  }

  static async of(lanes: Lanes, request: LoadRequest, device: string): Promise<PromptStates> {
    const { kvCacheType, loras } = request
    return new PromptStates(lanes, JSON.stringify([await sampleOf(request.path), kvCacheType, device, await Promise.all(loras.map(async ({ path, scale }) => [await sampleOf(path), scale]))]))
  }

  /** Writes what a free lane holds of a prompt. Gives back how many of its tokens that is; 0: nothing was written. */
  async save(path: string, prompt: readonly Token[]): Promise<number> {
    const tokens = await this.#lanes.useFree(prompt, async lane => {
      const shared = lane.sharedWith(prompt)
      if (shared < leastTokens) return 0
      await lane.save(path)
      await appendFile(path, await this.#seal(path))
      return shared
    })
    return tokens ?? 0
  }

  /** Takes a state into the lane that was unused longest. Gives back how many tokens at the beginning of the prompt it spares; 0 where it is not sound, or of something else. */
  async restore(path: string, prompt: readonly Token[]): Promise<number> {
    if (!(await this.#isSealed(path))) return 0
    const tokens = await this.#lanes.useFree(null, lane => restoreInto(lane, path, prompt))
    return tokens ?? 0
  }

  async #seal(path: string, end?: number): Promise<Buffer> {
    const hash = createHash('sha256').update(this.#fingerprint)
    await pipeline(createReadStream(path, end === undefined ? {} : { end: end - 1 }), async (source: AsyncIterable<Buffer>) => addAll(hash, source))
    return hash.digest()
  }

  async #isSealed(path: string): Promise<boolean> {
    try {
      const { size } = await stat(path)
      if (size <= sealBytes) return false
      await using file = await open(path)
      const { buffer } = await file.read(Buffer.alloc(sealBytes), 0, sealBytes, size - sealBytes)
      return buffer.equals(await this.#seal(path, size - sealBytes))
    } catch {
      return false
    }
  }
}

async function restoreInto(lane: Lane, path: string, prompt: readonly Token[]): Promise<number> {
  const isRead = await lane.restore(path)
  const shared = isRead ? Math.min(lane.sharedWith(prompt), prompt.length - 1) : 0
  if (shared < leastTokens) {
    await lane.clear()
    return 0
  }
  return shared
}

async function addAll(hash: Hash, source: AsyncIterable<Buffer>): Promise<void> {
  for await (const chunk of source) hash.update(chunk)
}

/** Tells one model file from another without reading all of it: its size, its beginning, its middle and its end. */
async function sampleOf(path: string): Promise<string> {
  await using file = await open(path)
  const { size } = await file.stat()
  const hash = createHash('sha256').update(String(size))
  for (const start of [0, Math.floor(size / 2), Math.max(0, size - sampleBytes)]) {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(sampleBytes), 0, sampleBytes, start)
    hash.update(buffer.subarray(0, bytesRead))
  }
  return hash.digest('hex')
}
