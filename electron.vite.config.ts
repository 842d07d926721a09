import { resolve } from 'node:path'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'
import { pageAliases } from './page.config.ts'

const at = (path: string): string => resolve(import.meta.dirname, path)
const out = process.env['CORTEX_OUT'] ?? 'out'

/** Workers are separate programs: each keeps its own file so that the launcher can start it. */
const mainEntries = {
  index: at('main/index.ts'),
  serve: at('main/serve.ts'),
  cli: at('main/cli.ts'),
  'workers/inference': at('native/inference/worker.ts'),
  'workers/hardware': at('native/hardware/worker.ts'),
  'workers/keychain': at('native/keychain/worker.ts'),
  'workers/probe': at('native/probe/worker.ts'),
  'workers/pty': at('native/pty/worker.ts'),
  'workers/keeper': at('native/keeper/worker.ts'),
}

export default defineConfig({
  main: {
    build: {
      outDir: `${out}/main`,
      sourcemap: true,
      rolldownOptions: { input: mainEntries, output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' } },
    },
  },
  preload: {
    build: {
      outDir: `${out}/preload`,
      rolldownOptions: { input: { index: at('preload/index.ts') }, output: { format: 'cjs', entryFileNames: '[name].cjs' } },
    },
  },
  renderer: {
    root: at('renderer'),
    base: './',
    resolve: { alias: pageAliases },
    plugins: [react(), tailwindcss()],
    worker: { format: 'es' },
    build: {
      outDir: at(`${out}/renderer`),
      target: 'chrome140',
      minify: true,
      chunkSizeWarningLimit: 6000,
      rolldownOptions: { input: { index: at('renderer/index.html') } },
    },
  },
})
