import { expect, it } from 'vitest'
import { findBrowser } from './find-browser.ts'

const among = (...paths: string[]) => (path: string): boolean => paths.includes(path)

it.skipIf(process.platform === 'win32')('finds a Chromium in the path, in its order, or in the usual place of the system (skipped on Windows: its paths are those of POSIX)', () => {
  expect(findBrowser({ PATH: '/a::/b' }, 'linux', among('/b/chromium', '/a/google-chrome'))).toBe('/a/google-chrome')
  expect(findBrowser({ PATH: '/a' }, 'linux', among('/b/chromium'))).toBeNull()
  expect(findBrowser({}, 'linux', among('chromium'))).toBeNull()
  expect(findBrowser({ PATH: '/a' }, 'darwin', among('/a/chromium', '/Applications/Chromium.app/Contents/MacOS/Chromium'))).toBe('/Applications/Chromium.app/Contents/MacOS/Chromium')
})

it('takes the one that is named, and no other where that is not there', () => {
  expect(findBrowser({ CORTEX_CHROMIUM: '/mine', PATH: '/a' }, 'linux', among('/mine', '/a/chromium'))).toBe('/mine')
  expect(findBrowser({ CORTEX_CHROMIUM: '/gone', PATH: '/a' }, 'linux', among('/a/chromium'))).toBeNull()
})
