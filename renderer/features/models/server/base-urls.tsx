import { Check, Copy } from 'lucide-react'
import type { ServerState } from '#shared/contract/model-server.ts'
import { IconButton } from '../../../ui/icon-button.tsx'
import { useCopied } from '../../../shell/use-copied.ts'
import { providers } from './server-words.ts'

/** What each kind of program takes as its base URL. */
export function BaseUrls({ urls }: { urls: NonNullable<ServerState['baseUrls']> }) {
  return (
    <dl className="mt-2 text-12">
      {providers.map(({ id, name }) => (
        <BaseUrl key={id} name={name} url={urls[id]} />
      ))}
    </dl>
  )
}

function BaseUrl({ name, url }: { name: string; url: string }) {
  const [isCopied, copy] = useCopied()
  return (
    <div className="flex min-w-0 items-center gap-2">
      <dt className="w-15 shrink-0 text-muted">{name}</dt>
      <dd className="flex min-w-0 flex-1 items-center justify-between gap-1">
        <span className="font-mono text-11 [overflow-wrap:anywhere]">
          {url}
        </span>
        <IconButton icon={isCopied ? Check : Copy} iconSize={14} label={isCopied ? 'Copied' : `Copy the base URL for ${name}`} onClick={() => copy(url)} />
      </dd>
    </div>
  )
}
