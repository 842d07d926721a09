import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const storage = /\b(?:localStorage|sessionStorage|indexedDB|caches|cookieStore|showSaveFilePicker)\b|\.cookie\b|\.storage\.getDirectory\b|\bhistory\.pushState\b|\bwindow\.name\b/
/** What a browser may write to its disk as it is: an id or the tab's token may stand there, and nothing that a person wrote. */
const named: Record<string, readonly string[]> = {
  'renderer/features/chat/current-conversation.ts': ['sessionStorage.getItem(key(workspaceId))', "sessionStorage.setItem(key(workspaceId), conversationId ?? 'new')"],
  'renderer/rpc/connect-web.ts': ['sessionStorage.getItem(tokenKey)', 'sessionStorage.setItem(tokenKey, token)', 'sessionStorage.removeItem(tokenKey)'],
  'renderer/shell/open-workspace.ts': ['sessionStorage.getItem(workspaceKey)', 'sessionStorage.setItem(workspaceKey, workspace.id)', 'sessionStorage.removeItem(workspaceKey)'],
}
const files = globSync(['renderer/**/*.{ts,tsx,html}', 'preload/**/*.ts'], { cwd: root }).map(file => file.replaceAll('\\', '/')).filter(file => !file.includes('.test.'))
const uses = (file: string): string[] => readFileSync(join(root, file), 'utf8').split('\n').filter(line => storage.test(line))

test('the search finds what it looks for', () => {
  for (const line of ["localStorage.setItem('a', text)", 'globalThis.indexedDB', "document.cookie = ''", 'await caches.open(name)', 'navigator.storage.getDirectory()', 'window.name = text']) expect(storage.test(line), line).toBe(true)
  expect(files.length).toBeGreaterThan(200)
})

test('only three places of the page use the browser\'s storage, for ids and the tab\'s token alone', () => {
  expect(files.filter(file => uses(file).length > 0).sort()).toEqual(Object.keys(named).sort())
  for (const [file, allowed] of Object.entries(named)) {
    for (const line of uses(file)) expect(allowed.some(use => line.replace(use, '').match(storage) === null), `${file}: ${line.trim()}`).toBe(true)
  }
})
