import { readFileSync } from 'node:fs'
import { extname, join, normalize } from 'node:path'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { build } from 'vite'
import { pageAliases } from '../../page.config.ts'

const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.woff2': 'font/woff2' }

/** Builds a page of its own out of the renderer's modules, as the window itself is built. */
export async function buildPage(root: string, folder: string): Promise<void> {
  await build({
    root,
    base: './',
    configFile: false,
    logLevel: 'error',
    resolve: { alias: pageAliases },
    plugins: [react(), tailwindcss()],
    build: { outDir: folder, emptyOutDir: true, target: 'chrome140', chunkSizeWarningLimit: 6000 },
  })
}

/** A file of a built page by the path of its address; null where there is none. */
export function readPageFile(folder: string, pathname: string): { body: Buffer; type: string } | null {
  const path = pathname.endsWith('/') ? `${pathname}index.html` : pathname
  try {
    return { body: readFileSync(join(folder, normalize(path))), type: types[extname(path)] ?? 'application/octet-stream' }
  } catch {
    return null
  }
}
