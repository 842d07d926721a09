import { Unplug } from 'lucide-react'
import { useConnection } from '../rpc/connection.ts'
import { Icon } from '../ui/icon.tsx'

/** Stands over the title bar while the host does not answer. */
export function ConnectionBanner() {
  const isLost = useConnection(state => state.connection.status === 'lost')
  return (
    <div role="status" aria-live="polite" className="pointer-events-none fixed inset-x-0 top-1.5 z-50 flex justify-center px-2">
      {isLost && (
        <p className="appear pointer-events-auto flex items-center gap-2 rounded-control border border-warn bg-overlay px-3 py-1 text-12 shadow-overlay">
          <Icon icon={Unplug} size={14} className="text-warn" />
          Connection to the host lost. Reconnecting; what you typed stays in this window.
        </p>
      )}
    </div>
  )
}
