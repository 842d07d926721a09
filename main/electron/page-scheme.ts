import { protocol } from 'electron/main'
import { pageHeaders } from '../transport/content-security-policy.ts'
import { answerAsset } from './answer-asset.ts'

/** Must run before Electron is ready. */
export function registerPageScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } }])
}

/** Serves the built page at `app://cortex/`, and takes `file:` away, which would reach past it. */
export function servePage(folder: string): void {
  const headers = pageHeaders()
  protocol.handle('app', async request => await answerAsset(folder, headers, request))
  protocol.handle('file', () => new Response(null, { status: 404 }))
}
