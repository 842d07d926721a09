import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { access, copyFile, cp, mkdir, mkdtemp, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { at, runTool, say } from './project.mjs'
import { runProgram } from './stage.mjs'

/** Changed whenever what is built below changes, so that nobody compares with what an older recipe made. */
const recipe = 1
const jobs = '2'
const targets = ['llama-server', 'llama-bench']
const settings = [
  '-DCMAKE_BUILD_TYPE=Release',
  '-DLLAMA_CURL=OFF',
  '-DLLAMA_OPENSSL=OFF',
  '-DLLAMA_BUILD_TESTS=OFF',
  '-DLLAMA_BUILD_EXAMPLES=OFF',
  '-DLLAMA_BUILD_UI=OFF',
  '-DBUILD_SHARED_LIBS=ON',
  '-DCMAKE_BUILD_RPATH_USE_ORIGIN=ON',
  // The processor's part comes from node-llama-cpp: both sides then run the same kernels, and what differs is the program around them.
  '-DGGML_NATIVE=OFF',
  '-DGGML_BACKEND_DL=ON',
  '-DGGML_CPU=OFF',
]

/**
 * Folder with llama.cpp's own `llama-server` and `llama-bench`, built from the sources that node-llama-cpp carries, once for each version; or
 * the reason why there is none. Installs nothing. `CORTEX_LLAMA_PROGRAMS` names a folder with others.
 */
export async function ensureLlamaPrograms() {
  const chosen = process.env.CORTEX_LLAMA_PROGRAMS
  if (chosen) return (await isThere(join(chosen, 'llama-server'))) ? { folder: chosen } : { missing: 'CORTEX_LLAMA_PROGRAMS names a folder without llama-server' }
  if (process.platform !== 'linux') return { missing: `llama.cpp's own programs are built on Linux only, this is ${process.platform}` }
  const kernels = at('node_modules', '@node-llama-cpp', `linux-${process.arch}`, 'bins', `linux-${process.arch}`)
  if (!(await isThere(kernels))) return { missing: `the package @node-llama-cpp/linux-${process.arch} is not installed` }
  const bundle = at('node_modules', 'node-llama-cpp', 'llama', 'gitRelease.bundle')
  const hash = createHash('sha256').update(await readFile(bundle)).digest('hex').slice(0, 16)
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'cortex-bench')
  const folder = join(cache, `llama-${hash}-${process.arch}-${recipe}`)
  if (await isThere(join(folder, 'complete'))) return { folder }
  const absent = await missingTools()
  if (absent.length > 0) return { missing: `to build llama.cpp's own programs, install ${absent.join(', ')}` }
  return await build({ bundle, kernels, cache, folder })
}

async function missingTools() {
  const wanted = [['git'], ['cmake'], ['c++', 'g++', 'clang++'], ['make', 'gmake']]
  const found = await Promise.all(wanted.map(names => isOnPath(names)))
  return wanted.filter((_, index) => !found[index]).map(([name]) => (name === 'c++' ? 'a C++ compiler' : name))
}

async function isOnPath(names) {
  const places = (process.env.PATH ?? '').split(delimiter).flatMap(place => names.map(name => join(place, name)))
  return (await Promise.all(places.map(place => isThere(place, constants.X_OK)))).includes(true)
}

async function isThere(path, mode = constants.F_OK) {
  return await access(path, mode).then(
    () => true,
    () => false,
  )
}

async function build({ bundle, kernels, cache, folder }) {
  await mkdir(cache, { recursive: true })
  const work = await mkdtemp(join(cache, 'building-'))
  try {
    say(`Building ${targets.join(' and ')} for comparison, some minutes; kept in ${folder}.`)
    const steps = [
      ['git', 'clone', '--quiet', bundle, join(work, 'source')],
      ['cmake', '-S', join(work, 'source'), '-B', join(work, 'build'), '-G', 'Unix Makefiles', ...settings],
      ['nice', '-n', '10', 'cmake', '--build', join(work, 'build'), '-j', jobs, '--target', ...targets],
    ]
    for (const [program, ...options] of steps) {
      const { code, output } = await runProgram(program, options)
      if (code !== 0) return { missing: `building llama.cpp's own programs failed at ${program}: ${output.split('\n').slice(-8).join('\n')}` }
    }
    const made = join(work, 'made')
    await cp(join(work, 'build', 'bin'), made, { recursive: true, verbatimSymlinks: true })
    const names = (await readdir(kernels)).filter(name => /^libggml-cpu.*\.so$/.test(name))
    for (const name of names) await copyFile(join(kernels, name), join(made, name))
    await writeFile(join(made, 'complete'), '')
    // Two benches may have built at once: the first to be done stays.
    await rename(made, folder).catch(async error => {
      if (!(await isThere(join(folder, 'complete')))) throw error
    })
    return { folder }
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await runTool(async () => {
    const made = await ensureLlamaPrograms()
    say(made.folder ?? `No programs: ${made.missing}.`)
    if (!made.folder) process.exitCode = 1
  })
}
