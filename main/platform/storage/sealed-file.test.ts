import fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readSealedFile, writeSealedFile } from './sealed-file.ts'
import { noncePrefixBytes, seal, unseal } from './sealed-stream.ts'

let folder: string
beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'sealed-'))
})
afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true })
})

async function* parts(...all: Buffer[]): AsyncGenerator<Buffer, void, void> {
  yield* all
}

async function whole(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}

describe('a sealed stream', () => {
  const sealing = { key: randomBytes(32), noncePrefix: randomBytes(noncePrefixBytes), context: Buffer.from('head'), chunkBytes: 64 }

  it('comes back whatever its length and however it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 6 }), async given => {
        const text = given.map(part => Buffer.from(part))
        expect(await whole(unseal(seal(parts(...text), sealing), sealing))).toEqual(Buffer.concat(text))
      }),
      { numRuns: 200 },
    )
  })

  it('shows every changed byte, every cut and every swap of chunks', async () => {
    const sealed = await whole(seal(parts(randomBytes(300)), sealing))
    const opens = async (bytes: Buffer): Promise<boolean> => await whole(unseal(parts(bytes), sealing)).then(() => true, () => false)
    expect(await opens(sealed)).toBe(true)
    for (let index = 0; index < sealed.length; index++) {
      const changed = Buffer.from(sealed)
      changed[index]! ^= 1
      expect(await opens(changed)).toBe(false)
      expect(await opens(sealed.subarray(0, index))).toBe(false)
    }
    const size = 64 + 16
    expect(await opens(Buffer.concat([sealed.subarray(size, 2 * size), sealed.subarray(0, size), sealed.subarray(2 * size)]))).toBe(false)
    expect(await opens(Buffer.concat([sealed, sealed]))).toBe(false)
  })
})

describe('a sealed file', () => {
  it('opens with its passphrase alone, and overwrites nothing', { timeout: 30_000 }, async () => {
    const path = join(folder, 'a')
    const text = randomBytes(200_000)
    await writeSealedFile(path, 'a good passphrase', parts(text))
    expect((await whole(readSealedFile(path, 'a good passphrase'))).equals(text)).toBe(true)
    await expect(whole(readSealedFile(path, 'another'))).rejects.toThrow('not as it was sealed')
    await expect(writeSealedFile(path, 'x', parts(text))).rejects.toMatchObject({ code: 'EEXIST' })
    expect(fs.readdirSync(folder)).toEqual(['a'])
  })

  it('is not there where it could not be written whole', { timeout: 30_000 }, async () => {
    async function* broken(): AsyncGenerator<Buffer, void, void> {
      yield randomBytes(100_000)
      throw new Error('the source broke')
    }
    await expect(writeSealedFile(join(folder, 'a'), 'passphrase', broken())).rejects.toThrow('the source broke')
    expect(fs.readdirSync(folder)).toEqual([])
  })

  it('that is none of ours, or asks for all the memory there is, is refused', async () => {
    for (const text of ['', 'something else', 'CORTEX SEALED 1\n{}\n', `CORTEX SEALED 1\n${JSON.stringify({ n: 1_048_576, r: 32, p: 1, salt: 'a'.repeat(64), noncePrefix: 'b'.repeat(14), chunkBytes: 65_536 })}\nxx`]) {
      fs.writeFileSync(join(folder, 'b'), text)
      await expect(whole(readSealedFile(join(folder, 'b'), 'x'))).rejects.toMatchObject({ name: 'SealBroken' })
    }
  })
})
