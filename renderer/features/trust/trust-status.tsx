import { ShieldQuestionMark } from 'lucide-react'
import { useTrust } from '../../rpc/trust.ts'
import { StatusButton } from '../../ui/status-button.tsx'
import { showTrust } from './trust-actions.ts'

/** In the status bar while the folder is restricted: calm, as that is how every folder begins. */
export function TrustStatus() {
  const trust = useTrust(store => store.trust)
  if (!trust || trust.isTrusted) return null
  return (
    <StatusButton icon={ShieldQuestionMark} aria-haspopup="dialog" title="Nothing in this folder runs or decides how Cortex works. Click to see what it holds." onClick={showTrust}>
      Restricted folder
    </StatusButton>
  )
}
