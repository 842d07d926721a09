import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const bundle = resolve(import.meta.dirname, '../../node_modules/node-llama-cpp/llama/gitRelease.bundle')

/** Real tokenizers of these families, from the source of llama.cpp that node-llama-cpp carries. */
export type VocabularyName = 'qwen2' | 'starcoder' | 'bert-bge' | 'gemma-4' | 'llama-spm' | 'deepseek-coder'

/** A GGUF file that holds a tokenizer and no weights, or the reason why it cannot be had. Kept between runs. */
export function findVocabulary(name: VocabularyName): Promise<{ path: string } | { missing: string }> {
  return fromBundle(`ggml-vocab-${name}.gguf`)
}

/** The chat template that gpt-oss carries. */
export function findHarmonyTemplate(): Promise<{ path: string } | { missing: string }> {
  return fromBundle('templates/openai-gpt-oss-120b.jinja')
}

/** `name`: its path in the folder of models. */
async function fromBundle(name: string): Promise<{ path: string } | { missing: string }> {
  if (!existsSync(bundle)) return { missing: 'node-llama-cpp brings no source bundle' }
  const folder = join(tmpdir(), `cortex-vocabularies-${statSync(bundle).size}`)
  const path = join(folder, basename(name))
  if (existsSync(path)) return { path }
  await mkdir(folder, { recursive: true })
  const work = mkdtempSync(join(folder, 'clone-'))
  try {
    await run('git', ['clone', '--quiet', '--bare', bundle, work])
    const { stdout } = await run('git', ['--git-dir', work, 'show', `HEAD:models/${name}`], { encoding: 'buffer', maxBuffer: 64 << 20 })
    writeFileSync(join(work, 'found'), stdout)
    renameSync(join(work, 'found'), path)
    return { path }
  } catch (error) {
    const isGitMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    return { missing: isGitMissing ? 'git is not installed' : `the bundle does not give ${name}` }
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}
