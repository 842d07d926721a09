import { Plus, X } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { EgressGrant, EgressMode } from '#shared/contract/egress.ts'
import { client } from '../../rpc/client.ts'
import { reportFailure } from '../../shell/report-failure.ts'
import { Button } from '../../ui/button.tsx'
import { DataTable, type Column } from '../../ui/data-table.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { GrantDialog } from './grant-dialog.tsx'
import { isThisMachine, leftText, placeText } from './egress-words.ts'

const restMilliseconds = 30_000

/** The hosts that are granted, until when, and how to take that back. */
export function GrantsList({ mode, grants }: { mode: EgressMode; grants: readonly EgressGrant[] }) {
  const [isAsking, setIsAsking] = useState(false)
  const now = useNow()
  const isInForce = ({ host }: EgressGrant): boolean => mode !== 'offline' || isThisMachine(host)
  const columns: readonly Column<EgressGrant>[] = [
    { id: 'host', title: 'Granted', cell: placeText, isMonospaced: true },
    { id: 'feature', title: 'To', cell: ({ feature }) => (feature === '*' ? 'all features' : feature) },
    { id: 'reach', title: 'Where', cell: ({ isLocal, host }) => (isThisMachine(host) ? 'this machine' : isLocal ? 'your network' : 'the internet') },
    { id: 'left', title: 'Until', cell: grant => (isInForce(grant) ? leftText(grant.expiresAt, now) : 'rests while offline') },
    { id: 'revoke', title: 'Actions', isTitleHidden: true, cell: grant => <IconButton icon={X} label={`Revoke ${placeText(grant)}`} onClick={() => void client.egress.revoke({ id: grant.id }).catch(reportFailure)} />, isNumeric: true },
  ]
  return (
    <div className="mt-3">
      {grants.length > 0 && <DataTable label="Granted hosts" columns={columns} rows={grants} rowKey={grant => grant.id} emptyText="" maxHeight={260} />}
      <Button className={grants.length > 0 ? 'mt-2' : ''} size="small" icon={Plus} onClick={() => setIsAsking(true)}>
        Grant a host
      </Button>
      <GrantDialog isOpen={isAsking} onClose={() => setIsAsking(false)} mode={mode} />
    </div>
  )
}

/** The time, twice a minute: what is left of a grant is shown in minutes. */
function useNow(): Date {
  const [now, setNow] = useState(() => new Date())
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), restMilliseconds)
    return () => clearInterval(timer)
  }, [])
  return now
}
