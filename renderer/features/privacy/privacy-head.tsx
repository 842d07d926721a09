import { useState, type ReactNode, type RefObject } from 'react'
import type { PrivacySummary } from '#shared/contract/privacy.ts'
import { client } from '../../rpc/client.ts'
import { useWatch } from '../../rpc/use-watch.ts'
import { Toned } from '../../ui/tone.tsx'
import { headWords } from './head-words.ts'
import { usePrivacy } from './use-privacy.ts'

/** The sentence that tells the truth. It takes focus when the page is opened. `children`: what can be done about it. */
export function PrivacyHead({ heading, children }: { heading: RefObject<HTMLHeadingElement | null>; children?: ReactNode }) {
  const [summary, setSummary] = useState<PrivacySummary | null>(null)
  useWatch(async signal => await client.privacy.summary(undefined, { signal }), setSummary, [])
  const { title, tone, lead } = headWords(
    summary,
    usePrivacy(store => store.state),
  )
  return (
    <header>
      <h1 ref={heading} tabIndex={-1} className="focus-none text-20 font-strong text-balance">
        <Toned tone={tone}>{title}</Toned>
      </h1>
      <p className="mt-1 text-muted">{lead}</p>
      {children}
    </header>
  )
}
