import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { readArguments } from '../../main/electron/start-arguments.ts'
import { webPreferences } from '../../main/electron/web-preferences.ts'

const root = join(import.meta.dirname, '../..')
const windowMakers = new Set(['BrowserWindow', 'BaseWindow', 'WebContentsView', 'BrowserView'])

/** Every `new X(` of a class that makes a window, with its arguments as they are written. */
function windowsMadeIn(folder: string): { file: string; maker: string; preferences: string | undefined }[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter(name => /\.tsx?$/.test(name) && !name.includes('.test.'))
    .flatMap(name => {
      const source = ts.createSourceFile(name, readFileSync(join(root, folder, name), 'utf8'), ts.ScriptTarget.Latest, true)
      const found: { file: string; maker: string; preferences: string | undefined }[] = []
      const visit = (node: ts.Node): void => {
        if (ts.isNewExpression(node) && windowMakers.has(node.expression.getText().split('.').at(-1) ?? '')) {
          const argument = node.arguments?.[0]
          const property = argument && ts.isObjectLiteralExpression(argument) ? argument.properties.find(one => one.name?.getText() === 'webPreferences') : undefined
          found.push({ file: `${folder}/${name}`, maker: node.expression.getText(), preferences: property && ts.isPropertyAssignment(property) ? property.initializer.getText() : undefined })
        }
        ts.forEachChild(node, visit)
      }
      visit(source)
      return found
    })
}

describe('S5: one kind of window with preferences that nothing can change', () => {
  it('has these preferences in a package', () => {
    expect(webPreferences('/preload.cjs', true)).toMatchInlineSnapshot(`
      {
        "allowRunningInsecureContent": false,
        "autoplayPolicy": "document-user-activation-required",
        "contextIsolation": true,
        "devTools": false,
        "disableDialogs": true,
        "experimentalFeatures": false,
        "navigateOnDragDrop": false,
        "nodeIntegration": false,
        "nodeIntegrationInSubFrames": false,
        "nodeIntegrationInWorker": false,
        "plugins": false,
        "preload": "/preload.cjs",
        "sandbox": true,
        "spellcheck": false,
        "v8CacheOptions": "bypassHeatCheckAndEagerCompile",
        "webSecurity": true,
        "webviewTag": false,
      }
    `)
  })

  it('is frozen, and differs from source to package in the dev tools alone', () => {
    const packaged = webPreferences('/preload.cjs', true)
    expect(Object.isFrozen(packaged)).toBe(true)
    expect({ ...webPreferences('/preload.cjs', false), devTools: false }).toEqual(packaged)
  })

  it('is made in one place, with these preferences', () => {
    expect([...windowsMadeIn('main'), ...windowsMadeIn('preload')]).toEqual([{ file: 'main/electron/window.ts', maker: 'BrowserWindow', preferences: 'webPreferences(options.preload, options.isPackaged)' }])
  })

  it('switches no experimental web feature on and never lets a page name switches', () => {
    const text = readdirSync(join(root, 'main/electron')).filter(name => name.endsWith('.ts')).map(name => readFileSync(join(root, 'main/electron', name), 'utf8')).join('\n')
    expect(text).not.toMatch(/enableBlinkFeatures|enable-blink-features|additionalArguments|commandLineSwitches|no-sandbox|ignore-certificate-errors|openPath|setUsePlainTextEncryption/)
  })

  it('gives a pipe to the host and nothing else to the page', () => {
    const preload = readFileSync(join(root, 'preload/index.ts'), 'utf8')
    expect(preload.split('\n').length).toBeLessThanOrEqual(30)
    expect(preload).not.toMatch(/contextBridge\.(?!executeInMainWorld)|ipcRenderer\.(?!postMessage)/)
  })

  it('drops a folder argument that holds a NUL', () => {
    expect(readArguments(['a\0b'], '/project')).toEqual({ folder: null, model: null, isSafeMode: false })
  })
})
