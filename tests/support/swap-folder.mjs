import { renameSync, rmSync } from 'node:fs'

// node swap-folder.mjs FOLDER LINK: puts the link in the folder's place and the folder back, as fast as it can, until it is killed.
const [, , folder, link] = process.argv
const aside = `${folder}-aside`

function put(from, to) {
  for (;;) {
    try {
      return renameSync(from, to)
    } catch (error) {
      // While the folder was away, whoever is attacked made one in its place.
      if (error.code === 'ENOENT') throw error
      remove(to)
    }
  }
}

function remove(path) {
  try {
    rmSync(path, { recursive: true, force: true })
  } catch {
    // It is still being filled; the next round tries again.
  }
}

process.stdout.write('swapping\n')
for (;;) {
  put(folder, aside)
  put(link, folder)
  put(folder, link)
  put(aside, folder)
}
