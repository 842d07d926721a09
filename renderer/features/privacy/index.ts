import { Lock, ScrollText, ShieldCheck } from 'lucide-react'
import type { Feature } from '../../shell/feature.ts'
import { followFileLabels } from '../../shell/file-labels.ts'
import { wantPageFocus } from '../../shell/page-focus.ts'
import { openPage } from '../../shell/pages.ts'
import { AuditPage } from './audit-page.tsx'
import { PrivacyBackground } from './privacy-background.tsx'
import { PrivacyPage } from './privacy-page.tsx'
import { PrivacyPill, usePrivacyPopover } from './privacy-pill.tsx'

export const privacyFeature: Feature = {
  id: 'privacy',
  onWorkspace: followFileLabels,
  background: PrivacyBackground,
  titleItems: [{ id: 'privacy.pill', component: PrivacyPill }],
  pages: [{ kind: 'privacy', icon: ShieldCheck, component: PrivacyPage }, { kind: 'audit', icon: ScrollText, component: AuditPage }],
  railPages: [{ command: 'privacy.open', page: 'privacy' }],
  commands: [
    {
      id: 'privacy.open',
      title: 'Open privacy',
      category: 'View',
      icon: ShieldCheck,
      run: () => {
        wantPageFocus('privacy')
        openPage({ id: 'privacy', kind: 'privacy', title: 'Privacy' })
      },
    },
    {
      id: 'privacy.audit',
      title: 'Open the audit log',
      category: 'View',
      icon: ScrollText,
      run: () => {
        wantPageFocus('audit')
        openPage({ id: 'audit', kind: 'audit', title: 'Audit log', description: 'What happened, as it was recorded' })
      },
    },
    { id: 'privacy.show', title: 'Show what is enforced about privacy', category: 'View', icon: Lock, run: () => usePrivacyPopover.setState({ isOpen: true }) },
  ],
}
