interface ScriptUrlPolicy {
  createScriptURL: (url: string) => unknown
}
interface PolicyFactory {
  createPolicy: (name: string, rules: { createScriptURL: (url: string) => string }) => ScriptUrlPolicy
}

function makePolicy(): ScriptUrlPolicy | null {
  // TypeScript's DOM library has no Trusted Types.
  const factory = (globalThis as { trustedTypes?: PolicyFactory }).trustedTypes
  return (
    factory?.createPolicy('cortex-worker', {
      createScriptURL: url => {
        if (new URL(url, location.href).origin !== location.origin) throw new TypeError('A worker comes from the app itself')
        return url
      },
    }) ?? null
  )
}

const policy = makePolicy()

/** Starts a worker from one of the app's own files. */
export function startWorker(url: string, name: string): Worker {
  const trusted = policy ? policy.createScriptURL(new URL(url, import.meta.url).href) : new URL(url, import.meta.url).href
  // With Trusted Types the browser wants the policy's object where TypeScript knows only a string.
  return new Worker(trusted as string, { type: 'module', name })
}
