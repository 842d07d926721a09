import type { DownloadTarget } from '#shared/contract/downloads.ts'

export type Source = DownloadTarget | { kind: 'list'; repository: string }

/** What a person means by a repository, a file in one, or an address; null while it is none of them. */
export function readSource(text: string): Source | null {
  const written = text.trim()
  if (/^https?:\/\//i.test(written)) return URL.canParse(written) ? { kind: 'address', url: written } : null
  const [owner = '', name = '', ...rest] = written.split('/')
  const repository = `${owner}/${name}`
  if (!/^[\w.-]{1,96}\/[\w.-]{1,96}$/.test(repository)) return null
  if (rest.length === 0 || (rest.length === 1 && rest[0] === '')) return { kind: 'list', repository }
  const file = rest.join('/')
  return file.endsWith('.gguf') ? { kind: 'repository', repository, revision: 'main', file } : null
}
