import { Lock } from 'lucide-react'
import type { Feature } from '../../shell/feature.ts'
import { PrivacyPill, usePrivacyPopover } from './privacy-pill.tsx'

export const privacyFeature: Feature = {
  id: 'privacy',
  titleItems: [{ id: 'privacy.pill', component: PrivacyPill }],
  commands: [{ id: 'privacy.show', title: 'Show what is enforced about privacy', category: 'View', icon: Lock, run: () => usePrivacyPopover.setState({ isOpen: true }) }],
}
