import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

const out = join(import.meta.dirname, '..', '..', process.env['CORTEX_OUT'] ?? 'out')
const renderer = join(out, 'renderer')
const isBuilt = existsSync(join(renderer, 'index.html'))

const files = (folder: string): string[] => readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name))

/** What makes a browser load something by itself, without code that was reviewed: an address in an attribute, a style or an import. */
const loads = [
  /<(?:script|link|img|iframe|source|video|audio|embed|object|use)\b[^>]{0,500}?\b(?:src|href|data|srcset)\s*=\s*\\?["'](?:https?:)?\/\/[^"']+/gi,
  /@import\s+(?:url\()?\s*["']?(?:https?:)?\/\/[^"')\s]+/gi,
  /url\(\s*["']?(?:https?:)?\/\/[^"')\s]+/gi,
  /\bimport\s*\(\s*["'](?:https?:)?\/\/[^"']+/g,
  /\bfrom\s*["']https?:\/\/[^"']+/g,
  /\b(?:fetch|importScripts|Worker|SharedWorker|EventSource|WebSocket|sendBeacon)\(\s*["'`](?:https?|wss?):\/\/[^"'`]+/g,
]

describe.skipIf(!isBuilt)('the built page (skipped where nothing is built)', () => {
  test('loads nothing from another place', () => {
    const found = files(renderer)
      .filter(file => /\.(html|js|css|svg|webmanifest)$/.test(file))
      .flatMap(file => loads.flatMap(pattern => readFileSync(file, 'utf8').match(pattern) ?? []).map(hit => `${file.slice(out.length)}: ${hit.slice(0, 120)}`))
    expect(found).toEqual([])
  })

  test('has no inline script and no eval, so that its policy can refuse both', () => {
    const html = readFileSync(join(renderer, 'index.html'), 'utf8')
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)[^>]*>\s*\S/)
    expect(html).not.toMatch(/\son\w+\s*=/)
  })

  test('carries its own fonts', () => {
    expect(files(renderer).some(file => file.endsWith('.woff2') || file.endsWith('.ttf'))).toBe(true)
  })
})
