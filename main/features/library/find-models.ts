import { opendir, readFile, realpath, stat } from 'node:fs/promises'
import { isAbsolute, join, relative, sep } from 'node:path'
import { z } from 'zod'
import type { ModelSource } from '#shared/contract/library.ts'

/** A file that may be a model; nobody has looked into it yet. */
export interface Candidate {
  path: string
  name: string
  source: ModelSource
}

export interface Store {
  kind: ModelSource
  path: string
  find: (signal?: AbortSignal) => AsyncGenerator<Candidate>
}

interface Surroundings {
  home: string
  environment: Readonly<Record<string, string | undefined>>
}

const deepest = 12
const mostEntries = 200_000
const partName = /-(\d{5})-of-\d{5}\.gguf$/

/** Where other programs keep models on this machine, whether anything is there or not. */
export async function storesOf({ home, environment }: Surroundings): Promise<Store[]> {
  const named = (name: string): string | null => {
    const value = environment[name]?.trim() ?? ''
    return isAbsolute(value) ? value : null
  }
  const studio = await lmStudioFolders(home)
  const cache = named('HF_HUB_CACHE') ?? join(named('HF_HOME') ?? join(named('XDG_CACHE_HOME') ?? join(home, '.cache'), 'huggingface'), 'hub')
  const ollama = [...new Set([named('OLLAMA_MODELS') ?? join(home, '.ollama', 'models'), '/usr/share/ollama/.ollama/models'])]
  return [
    ...ollama.map(path => ({ kind: 'ollama' as const, path, find: (signal?: AbortSignal) => findInOllama(path, signal) })),
    ...studio.map(path => ({ kind: 'lm-studio' as const, path, find: (signal?: AbortSignal) => findInFolder(path, 'lm-studio', signal) })),
    { kind: 'hugging-face', path: cache, find: signal => findInHub(cache, signal) },
  ]
}

/** LM Studio says in a file where its folder is, and in its settings where models go. */
async function lmStudioFolders(home: string): Promise<string[]> {
  const pointer = (await readFile(join(home, '.lmstudio-home-pointer'), 'utf8').catch(() => '')).trim()
  const homes = [...(isAbsolute(pointer) ? [pointer] : []), join(home, '.lmstudio'), join(home, '.cache', 'lm-studio')]
  const folders = await Promise.all(homes.map(async folder => [await chosenFolder(folder), join(folder, 'models')]))
  return [...new Set(folders.flat().filter(folder => folder !== null))]
}

async function chosenFolder(folder: string): Promise<string | null> {
  try {
    const settings = z.object({ downloadsFolder: z.string() }).safeParse(JSON.parse(await readFile(join(folder, 'settings.json'), 'utf8')))
    return settings.success && isAbsolute(settings.data.downloadsFolder) ? settings.data.downloadsFolder : null
  } catch {
    return null
  }
}

/** GGUF files in a folder and those in it, of split models the first part. Links to folders are not followed. */
export async function* findInFolder(folder: string, source: ModelSource, signal?: AbortSignal): AsyncGenerator<Candidate> {
  for await (const path of walk(folder, signal)) {
    const part = partName.exec(path)
    if (!path.endsWith('.gguf') || (part && Number(part[1]) !== 1)) continue
    yield { path, name: relative(folder, path).split(sep).join('/'), source }
  }
}

const Manifest = z.object({ layers: z.array(z.object({ mediaType: z.string(), digest: z.string() })) })

/** Ollama: a manifest for each name, and the weights in a blob named by its hash. */
async function* findInOllama(root: string, signal?: AbortSignal): AsyncGenerator<Candidate> {
  const manifests = join(root, 'manifests')
  for await (const path of walk(manifests, signal)) {
    try {
      const manifest = Manifest.parse(JSON.parse(await readFile(path, 'utf8')))
      const weights = manifest.layers.filter(({ mediaType }) => mediaType === 'application/vnd.ollama.image.model')
      const [, digest] = /^sha256[:-]([0-9a-f]{64})$/.exec(weights[0]?.digest ?? '') ?? []
      if (weights.length !== 1 || digest === undefined) continue
      const blob = join(root, 'blobs', `sha256-${digest}`)
      if (await isFile(blob)) yield { path: blob, name: ollamaName(relative(manifests, path).split(sep)), source: 'ollama' }
    } catch {
      // No manifest of a model, or one that cannot be read.
    }
  }
}

/** `registry.ollama.ai/library/qwen2.5-coder/7b` is called `qwen2.5-coder:7b` there. */
function ollamaName(parts: readonly string[]): string {
  const [registry, namespace, ...rest] = parts
  const tag = rest.at(-1) ?? ''
  const model = rest.slice(0, -1).join('/')
  const owner = namespace === 'library' ? '' : `${namespace}/`
  return `${registry === 'registry.ollama.ai' ? '' : `${registry}/`}${owner}${model}:${tag}`
}

/** The cache of Hugging Face: `models--owner--name/snapshots/<revision>/…`, links to blobs. Several revisions may lead to one blob. */
async function* findInHub(cache: string, signal?: AbortSignal): AsyncGenerator<Candidate> {
  const seen = new Set<string>()
  for (const repository of await foldersIn(cache)) {
    const name = /^models--(.+)$/.exec(repository)?.[1]?.replaceAll('--', '/')
    if (name === undefined) continue
    const snapshots = join(cache, repository, 'snapshots')
    for (const revision of await foldersIn(snapshots)) {
      for await (const { path, name: file } of findInFolder(join(snapshots, revision), 'hugging-face', signal)) {
        const real = await realpath(path).catch(() => null)
        if (real === null || seen.has(real)) continue
        seen.add(real)
        yield { path, name: `${name}/${file}`, source: 'hugging-face' }
      }
    }
  }
}

async function foldersIn(folder: string): Promise<string[]> {
  const names: string[] = []
  try {
    for await (const entry of await opendir(folder)) if (entry.isDirectory()) names.push(entry.name)
  } catch {
    // Not there, or not to be read: nothing is found in it.
  }
  return names.sort()
}

/** Files below a folder, links to files too. A folder that cannot be read is passed over. */
async function* walk(root: string, signal?: AbortSignal): AsyncGenerator<string> {
  const waiting = [{ folder: root, depth: 0 }]
  let entries = 0
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    signal?.throwIfAborted()
    const { folder, depth } = next
    const files: string[] = []
    try {
      for await (const entry of await opendir(folder)) {
        if (++entries > mostEntries) return
        if (entry.isDirectory() && depth < deepest && !entry.name.startsWith('.') && entry.name !== 'node_modules') waiting.push({ folder: join(folder, entry.name), depth: depth + 1 })
        else if (entry.isFile() || (entry.isSymbolicLink() && (await isFile(join(folder, entry.name))))) files.push(join(folder, entry.name))
      }
    } catch {
      // Gone meanwhile, or not to be read.
    }
    yield* files.sort()
  }
}

async function isFile(path: string): Promise<boolean> {
  return await stat(path).then(found => found.isFile(), () => false)
}
