import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { at, runTool, say } from './project.mjs'

// node tools/third-party-notices.mjs: writes resources/licenses/ from what package-lock.json ships.
// Packages that only build or test; every other development package ends up in the page's bundle.
const toolsOnly = /^(@axe-core\/|@electron\/fuses$|@playwright\/|@tailwindcss\/vite$|@types\/|@vitejs\/|@vitest\/|@xterm\/headless$|dependency-cruiser$|electron$|electron-builder$|electron-vite$|eslint|fast-check$|playwright-core$|typescript|vite$|vitest$)/

await runTool(async () => {
  const lock = JSON.parse(readFileSync(at('package-lock.json'), 'utf8')).packages
  const { dependencies, devDependencies, optionalDependencies } = lock['']
  const shipped = new Set()
  const roots = [...Object.keys(dependencies), ...Object.keys(optionalDependencies), ...Object.keys(devDependencies).filter(name => !toolsOnly.test(name))]
  for (const name of roots) follow(lock, `node_modules/${name}`, shipped)
  const packages = [...shipped].sort().map(path => describe(lock, path))
  mkdirSync(at('resources', 'licenses'), { recursive: true })
  writeFileSync(at('resources', 'licenses', 'THIRD-PARTY-NOTICES.txt'), notices(packages))
  say(`${packages.length} packages; ${packages.filter(one => one.text === null).length} name their licence without its text.`)
})

function follow(lock, path, shipped) {
  if (shipped.has(path) || !lock[path]) return
  shipped.add(path)
  for (const name of Object.keys({ ...lock[path].dependencies, ...lock[path].optionalDependencies, ...lock[path].peerDependencies })) {
    if (toolsOnly.test(name)) continue
    const found = place(lock, path, name)
    if (found) follow(lock, found, shipped)
  }
}

/** Node's own look-up: the nearest node_modules on the way up. */
function place(lock, from, name) {
  for (let folder = from; ; folder = folder.slice(0, folder.lastIndexOf('/node_modules/'))) {
    const path = `${folder}/node_modules/${name}`
    if (lock[path]) return path
    if (!folder.includes('/node_modules/')) return lock[`node_modules/${name}`] ? `node_modules/${name}` : null
  }
}

function describe(lock, path) {
  const folder = at(path)
  const own = existsSync(join(folder, 'package.json')) ? JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) : {}
  const file = existsSync(folder) ? readdirSync(folder).find(name => /^(licen[cs]e|copying|notice)/i.test(name) && !/\.(js|json)$/i.test(name)) : undefined
  const license = lock[path].license ?? (typeof own.license === 'string' ? own.license : 'see the package')
  return { name: path.slice(path.lastIndexOf('node_modules/') + 13), version: lock[path].version, license, text: file ? readFileSync(join(folder, file), 'utf8').trim() : null }
}

function notices(packages) {
  const byText = new Map()
  for (const one of packages) {
    const text = one.text ?? `Licence: ${one.license}. The package ships no licence text for this platform; it stands in the package's own repository.`
    byText.set(text, [...(byText.get(text) ?? []), `${one.name} ${one.version} (${one.license})`])
  }
  const intro = 'Cortex ships these packages. Each stands under its own licence, given below.\nElectron, with Chromium and Node, carries its own notices beside its program (LICENSE and LICENSES.chromium.html).\nllama.cpp (MIT) comes inside the packages of node-llama-cpp.\n'
  const line = '='.repeat(80)
  return `${intro}\n${[...byText].map(([text, names]) => `${line}\n${[...new Set(names)].join('\n')}\n${line}\n\n${text}\n`).join('\n')}`
}
