import { useRef, useState } from 'react'
import type { PrivacySummary } from '#shared/contract/privacy.ts'
import { client } from '../../rpc/client.ts'
import { useWatch } from '../../rpc/use-watch.ts'
import type { PageProps } from '../../shell/feature.ts'
import { usePageFocus } from '../../shell/page-focus.ts'
import { LedgerSection } from './ledger-section.tsx'
import { ModeSection } from './mode-section.tsx'
import { ProcessesSection } from './processes-section.tsx'
import { AuditSection } from './audit-section.tsx'
import { EraseButton } from './erase-button.tsx'
import { FolderSection } from './folder-section.tsx'
import { KeySection } from './key-section.tsx'
import { PrivacyHead } from './privacy-head.tsx'
import { SecretsSection } from './secrets-section.tsx'
import { SelfTest } from './self-test.tsx'
import { StorageBanner } from './storage-banner.tsx'
import { StoredSection } from './stored-section.tsx'

/**
 * What a person reads in a minute and then knows the truth. Main column: what may leave and what was asked for; aside: what is kept and how.
 * Each part is a `*-section.tsx` beside this file and one line here, in the order of reading.
 */
export function PrivacyPage({ page, isActive }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null)
  const [summary, setSummary] = useState<PrivacySummary | null>(null)
  useWatch(async signal => await client.privacy.summary(undefined, { signal }), setSummary, [])
  usePageFocus(page.id, isActive, heading)
  return (
    <div className="@container h-full overflow-y-auto">
      <div className="grid min-h-full grid-cols-[minmax(0,1fr)_320px] @max-[860px]:grid-cols-1">
        <div className="flex min-w-0 flex-col gap-7 px-8 pt-7 pb-12 @max-[560px]:px-4">
          <StorageBanner />
          <PrivacyHead summary={summary} heading={heading}>
            <SelfTest />
          </PrivacyHead>
          <ModeSection />
          <ProcessesSection summary={summary} />
          <LedgerSection />
        </div>
        <aside
          aria-label="What is kept"
          className="flex min-w-0 flex-col gap-6 border-l border-line bg-surface-1 px-6 pt-7 pb-8 @max-[860px]:block @max-[860px]:columns-2 @max-[860px]:gap-x-10 @max-[860px]:border-t @max-[860px]:border-l-0 @max-[860px]:px-8 @max-[860px]:*:mb-7 @max-[860px]:*:break-inside-avoid @max-[560px]:columns-1 @max-[560px]:px-4"
        >
          <StoredSection isShown={isActive} />
          <KeySection />
          <AuditSection />
          <FolderSection />
          <SecretsSection />
          <EraseButton />
        </aside>
      </div>
    </div>
  )
}
