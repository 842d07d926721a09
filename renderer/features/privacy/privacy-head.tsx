import type { ReactNode, RefObject } from 'react'
import type { PrivacySummary } from '#shared/contract/privacy.ts'
import { Toned } from '../../ui/tone.tsx'
import { headWords } from './head-words.ts'
import { usePrivacy } from './use-privacy.ts'

/** The sentence that tells the truth. It takes focus when the page is opened. `children`: what can be done about it. */
export function PrivacyHead({ summary, heading, children }: { summary: PrivacySummary | null; heading: RefObject<HTMLHeadingElement | null>; children?: ReactNode }) {
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
