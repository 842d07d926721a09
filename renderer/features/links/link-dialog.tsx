import { useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { closeRequest, useLinkRequest } from './link-request.ts'

export function LinkDialog() {
  const address = useLinkRequest(state => state.address)
  // The address stays while the dialog fades.
  const [shown, setShown] = useState(address)
  if (address !== null && address !== shown) setShown(address)
  function open(): void {
    closeRequest()
    if (address !== null) window.open(address, '_blank', 'noopener,noreferrer')
  }
  return (
    <Dialog
      isOpen={address !== null}
      onClose={closeRequest}
      hasCloseButton={false}
      title="Open this address outside Cortex?"
      description="Your browser will connect to it. Whoever runs it sees the whole address and where you connect from."
      footer={
        <>
          <Button onClick={closeRequest}>Cancel</Button>
          <Button variant="primary" onClick={open}>
            Open in browser
          </Button>
        </>
      }
    >
      <p className="max-h-40 overflow-auto rounded-control border border-line bg-surface-2 px-3 py-2 font-mono text-12 break-all">{shown}</p>
    </Dialog>
  )
}
