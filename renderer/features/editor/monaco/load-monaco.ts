import type * as Monaco from 'monaco-editor/editor'

export type { Monaco }

let loading: Promise<typeof Monaco> | null = null
let loaded: typeof Monaco | null = null

/** Monaco is most of the page's code, so it comes with the first file that is opened. */
export function loadMonaco(): Promise<typeof Monaco> {
  loading ??= import('./setup.ts').then(
    module => (loaded = module.monaco),
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
