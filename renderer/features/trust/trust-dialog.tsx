import { useEffect, useState } from 'react'
import type { TrustFinding } from '#shared/contract/trust.ts'
import { client } from '../../rpc/client.ts'
import { useTrust } from '../../rpc/trust.ts'
import { ErrorState } from '../../shell/error-state.tsx'
import { useSession } from '../../shell/session.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { LoadingState } from '../../ui/states.tsx'
import { grantTrust, hideTrust, revokeTrust, useTrustDialog } from './trust-actions.ts'
import { FindingList } from './finding-list.tsx'

export function TrustDialog() {
  const isOpen = useTrustDialog(state => state.isOpen)
  const workspace = useSession(state => state.workspace)
  return isOpen && workspace ? <OpenDialog key={workspace.id} workspaceId={workspace.id} displayPath={workspace.displayPath} name={workspace.name} /> : null
}

function OpenDialog({ workspaceId, displayPath, name }: { workspaceId: string; displayPath: string; name: string }) {
  const trust = useTrust(store => store.trust)
  const [findings, setFindings] = useState<readonly TrustFinding[] | null>(null)
  const [failure, setFailure] = useState<unknown>(null)
  const [isBusy, setBusy] = useState(false)
  useEffect(() => {
    const aborting = new AbortController()
    client.trust.review({ workspaceId }, { signal: aborting.signal }).then(setFindings, (error: unknown) => {
      if (!aborting.signal.aborted) setFailure(error)
    })
    return () => aborting.abort()
  }, [workspaceId])

  const act = async (work: () => Promise<void>): Promise<void> => {
    setBusy(true)
    setFailure(null)
    try {
      await work()
    } catch (error) {
      setFailure(error)
      setBusy(false)
    }
  }
  const parent = trust?.parent ?? null
  const isTrusted = trust?.isTrusted ?? false
  return (
    <Dialog
      isOpen
      onClose={hideTrust}
      width={560}
      title={isTrusted ? `${name} is trusted` : `Trust ${name}?`}
      description={isTrusted ? `Trusted as ${trust?.through === displayPath ? displayPath : `part of ${trust?.through ?? ''}`}.` : `${displayPath} is restricted: nothing in it runs or decides how Cortex works. You can read, edit and ask about it as it is.`}
      footer={
        isTrusted ? (
          <>
            <Button disabled={isBusy} onClick={() => void act(revokeTrust)}>
              {trust?.through === displayPath ? 'Restrict again' : `Restrict ${trust?.through ?? ''} again`}
            </Button>
            <Button data-autofocus onClick={hideTrust}>
              Close
            </Button>
          </>
        ) : (
          <>
            {parent !== null && (
              <Button className="mr-auto" disabled={isBusy} onClick={() => void act(async () => await grantTrust('parent'))}>
                <span className="max-w-56 truncate" title={parent}>
                  Trust all in {parent}
                </span>
              </Button>
            )}
            <Button data-autofocus onClick={hideTrust}>
              Keep restricted
            </Button>
            <Button disabled={isBusy} onClick={() => void act(async () => await grantTrust('folder'))}>
              Trust this folder
            </Button>
          </>
        )
      }
    >
      {failure !== null && <ErrorState error={failure} />}
      {findings ? <FindingList findings={findings} /> : failure === null && <LoadingState text="Looking at what would run" />}
      <p className="pt-3 text-12 text-muted">What you start yourself in a terminal runs with your rights, here as anywhere.</p>
    </Dialog>
  )
}
