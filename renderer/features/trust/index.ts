import { ShieldQuestionMark } from 'lucide-react'
import { useTrust, watchTrust } from '../../rpc/trust.ts'
import type { Feature } from '../../shell/feature.ts'
import { useSession } from '../../shell/session.ts'
import { revokeTrust, showTrust } from './trust-actions.ts'
import { TrustDialog } from './trust-dialog.tsx'
import { TrustStatus } from './trust-status.tsx'

const hasFolder = (): true | string => (useSession.getState().workspace ? true : 'No folder is open.')

export const trustFeature: Feature = {
  id: 'trust',
  statusItems: [{ id: 'trust.restricted', side: 'left', order: 1, component: TrustStatus }],
  background: TrustDialog,
  onWorkspace: watchTrust,
  commands: [
    { id: 'trust.show', title: 'Review what this folder would run', category: 'Privacy', icon: ShieldQuestionMark, canRun: hasFolder, run: showTrust },
    {
      id: 'trust.revoke',
      title: 'Restrict this folder again',
      category: 'Privacy',
      canRun: () => (useTrust.getState().trust?.isTrusted ? true : 'This folder is restricted already.'),
      run: revokeTrust,
    },
  ],
}
