import { describe, expect, it } from 'vitest'
import { deadProxy, mayLoad, networkSwitches } from './egress-policy.ts'
import { mayNavigate, mayUse } from './navigation-policy.ts'
import { recoverFrom } from './reload-policy.ts'
import { handoverOf, readArguments, readHandover } from './start-arguments.ts'

describe('what Chromium may load', () => {
  it.each(['app://cortex/index.html', 'app://cortex/assets/a.js', 'blob:app://cortex/5d2', 'data:image/png;base64,AA==', 'data:font/woff2;base64,AA=='])('loads %s', address => {
    expect(mayLoad(address, true)).toBe(true)
  })
  it.each(['https://example.com/', 'http://127.0.0.1:8080/', 'http://localhost/', 'ws://127.0.0.1/', 'file:///etc/passwd', 'app://other/', 'app://cortex.evil/', 'blob:https://example.com/x', 'data:text/html,x', 'devtools://devtools/bundled/a.html', 'chrome://gpu', 'about:blank', ''])('refuses %s', address => {
    expect(mayLoad(address, true)).toBe(false)
  })
  it('loads dev tools only where the program runs from its source', () => {
    expect(mayLoad('devtools://devtools/bundled/a.html', false)).toBe(true)
  })
  it('has a resolver that finds nothing and a proxy that covers loopback', () => {
    expect(new Map(networkSwitches.map(([name, value]) => [name, value])).get('host-resolver-rules')).toBe('MAP * ~NOTFOUND')
    expect(deadProxy.proxyBypassRules).toBe('<-loopback>')
  })
})

describe('what a page may ask for', () => {
  it('never navigates, but for the recovery page going back', () => {
    expect(mayNavigate('app://cortex/recovery.html', 'app://cortex/index.html', true)).toBe(true)
    expect(mayNavigate('app://cortex/recovery.html', 'app://cortex/index.html', false)).toBe(false)
    for (const to of ['https://example.com', 'file:///etc/passwd', 'app://cortex/index.html', 'app://cortex/recovery.html']) expect(mayNavigate('app://cortex/index.html', to, true)).toBe(false)
    expect(mayNavigate('app://cortex/recovery.html', 'https://example.com', true)).toBe(false)
  })
  it('may copy, in its main frame, on our origin', () => {
    expect(mayUse('clipboard-sanitized-write', 'app://cortex/', true)).toBe(true)
    expect(mayUse('clipboard-sanitized-write', 'app://cortex', false)).toBe(false)
    expect(mayUse('clipboard-sanitized-write', 'https://example.com', true)).toBe(false)
  })
  it.each(['clipboard-read', 'media', 'geolocation', 'notifications', 'usb', 'hid', 'serial', 'midi', 'openExternal', 'fullscreen', 'pointerLock', 'local-network-access', 'loopback-network', 'fileSystem', 'unknown'])('may not use %s', permission => {
    expect(mayUse(permission, 'app://cortex', true)).toBe(false)
  })
})

describe('a page that ended', () => {
  it('comes back once, then gives way to the recovery page for a minute', () => {
    expect(recoverFrom('clean-exit', null, 0)).toBe('nothing')
    expect(recoverFrom('crashed', null, 0)).toBe('reload')
    expect(recoverFrom('oom', 0, 59_999)).toBe('recovery-page')
    expect(recoverFrom('killed', 0, 60_000)).toBe('reload')
  })
})

describe('arguments of a start', () => {
  it('reads its own and leaves the rest', () => {
    expect(readArguments(['--inspect=0', 'src', '--model', 'a.gguf', 'other', '--no-first-run'], '/project')).toEqual({ folder: '/project/src', model: '/project/a.gguf', isSafeMode: false })
    expect(readArguments(['--model=/m/b.gguf', '--safe-mode'], '/project')).toEqual({ folder: null, model: '/m/b.gguf', isSafeMode: true })
    expect(readArguments(['--model'], '/project')).toEqual({ folder: null, model: null, isSafeMode: false })
    expect(readArguments([''], '/project')).toEqual({ folder: null, model: null, isSafeMode: false })
  })
  it('hands a folder over and takes nothing but that shape', () => {
    expect(readHandover(structuredClone(handoverOf('/project/src')))).toEqual({ folder: '/project/src' })
    expect(readHandover(handoverOf(null))).toEqual({ folder: null })
    for (const data of [null, undefined, 'x', {}, { version: 2, folder: null }, { version: 1 }, { version: 1, folder: 'relative' }, { version: 1, folder: '/a\0b' }, { version: 1, folder: `/${'a'.repeat(5000)}` }, { version: 1, folder: null, command: 'rm' }]) expect(readHandover(data)).toBeNull()
  })
})
