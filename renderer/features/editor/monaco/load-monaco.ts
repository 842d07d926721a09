import type * as Monaco from 'monaco-editor/editor'

export type { Monaco }

let loading: Promise<typeof Monaco> | null = null
let loaded: typeof Monaco | null = null
const waiting = new Set<(monaco: typeof Monaco) => void>()

/** Monaco is most of the page's code, so it comes with the first file that is opened. */
export function loadMonaco(): Promise<typeof Monaco> {
  loading ??= import('./setup.ts').then(
    module => {
      loaded = module.monaco
      for (const call of waiting) call(loaded)
      waiting.clear()
      return loaded
    },
    (cause: unknown) => {
      loading = null
      throw cause
    },
  )
  return loading
}

/** Monaco, for code that only runs once a file is open. */
export function loadedMonaco(): typeof Monaco {
  if (!loaded) throw new Error('Monaco is not loaded yet')
  return loaded
}

/** Calls back once Monaco is there, without loading it. Answers how to stop waiting. */
export function onMonaco(call: (monaco: typeof Monaco) => void): () => void {
  if (loaded) call(loaded)
  else waiting.add(call)
  return () => waiting.delete(call)
}
