import { createHash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'

const real = {
  smollm2: { file: 'smollm2-135m-instruct-q4_1.gguf', sha256: 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53' },
  minilm: { file: 'all-minilm-l6-v2-q8_0.gguf', sha256: '479861a1344d2707e55a40aa7ec33c91d147789e0bb9372a2e6e2ff0a6d24ca2' },
} as const

/** A real model from the folder that CORTEX_TEST_MODELS names, or the reason why it cannot be used. */
export async function findTestModel(name: keyof typeof real): Promise<{ path: string } | { missing: string }> {
  const folder = process.env['CORTEX_TEST_MODELS']
  if (!folder) return { missing: 'CORTEX_TEST_MODELS is not set' }
  const { file, sha256 } = real[name]
  const path = join(folder, file)
  if (!existsSync(path)) return { missing: `${file} is not in CORTEX_TEST_MODELS` }
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex') === sha256 ? { path } : { missing: `${file} has another checksum` }
}
