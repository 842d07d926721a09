import { useRef } from 'react'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { closeRequest, useLinkRequest } from './link-request.ts'

export function LinkDialog() {
  const address = useLinkRequest(state => state.address)
  // The words stay while the dialog fades.
  const last = useRef('')
  if (address !== null) last.current = address
  const shown = last.current
  return (
    <ConfirmDialog
      isOpen={address !== null}
      title="Open this address outside Cortex?"
      description="Your browser will connect to it. Whoever runs it sees the whole address and where you connect from."
      action="Open in browser"
      onClose={closeRequest}
      onConfirm={() => window.open(shown, '_blank', 'noopener,noreferrer')}
    >
      <p className="max-h-40 overflow-auto rounded-control border border-line bg-surface-2 px-3 py-2 font-mono text-12 break-all" data-testid="link-address">
        {shown}
      </p>
    </ConfirmDialog>
  )
}
