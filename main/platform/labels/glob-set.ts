import type { CompiledGlob } from './globs.ts'

/**
 * Many patterns at once. Each stands under something that whatever it means must hold (a whole part, a first or a last letter), so that a path is
 * compared with the few patterns that may mean it and not with all.
 */
export class GlobSet {
  readonly #globs: readonly CompiledGlob[]
  readonly #byPart = new Map<string, number[]>()
  readonly #byFirst = new Map<number, number[]>()
  readonly #byLast = new Map<number, number[]>()
  readonly #anyName: number[] = []
  readonly #anyPath: number[] = []

  constructor(globs: readonly CompiledGlob[]) {
    this.#globs = globs
    globs.forEach((glob, index) => this.#place(glob, index))
  }

  /** Indexes of the patterns that mean a folded form of a path, in order. */
  matching(form: string, parts: readonly string[] = form.split('/')): number[] {
    const found: number[] = []
    const take = (indexes: readonly number[] | undefined, part: string, isLast: boolean): void => {
      if (indexes) for (const index of indexes) if (this.#means(index, form, part, isLast)) found.push(index)
    }
    for (let at = 0; at < parts.length; at++) {
      const part = parts[at] ?? ''
      const isLast = at === parts.length - 1
      if (this.#byPart.size > 0) take(this.#byPart.get(part), part, isLast)
      if (this.#byFirst.size > 0) take(this.#byFirst.get(part.charCodeAt(0)), part, isLast)
      if (this.#byLast.size > 0) take(this.#byLast.get(part.charCodeAt(part.length - 1)), part, isLast)
      take(this.#anyName, part, isLast)
    }
    take(this.#anyPath, '', true)
    return found.length < 2 ? found : [...new Set(found)].sort((one, other) => one - other)
  }

  #means(index: number, form: string, part: string, isLast: boolean): boolean {
    const glob = this.#globs[index]
    if (!glob) return false
    if (glob.means === 'path') return glob.expression.test(form)
    if (glob.means === 'folder' && isLast) return false
    return part.startsWith(glob.start) && part.endsWith(glob.end) && glob.expression.test(part)
  }

  #place(glob: CompiledGlob, index: number): void {
    if (glob.part !== null) put(this.#byPart, glob.part, index)
    else if (glob.means === 'path') this.#anyPath.push(index)
    else if (glob.start !== '') put(this.#byFirst, glob.start.charCodeAt(0), index)
    else if (glob.end !== '') put(this.#byLast, glob.end.charCodeAt(glob.end.length - 1), index)
    else this.#anyName.push(index)
  }
}

function put<K>(map: Map<K, number[]>, key: K, index: number): void {
  const indexes = map.get(key)
  if (indexes) indexes.push(index)
  else map.set(key, [index])
}
