import { useEffect, useState } from 'react'
import type { ServerActivity } from '#shared/contract/model-server.ts'

/** What is being answered now: who asks which model, never what. */
export function RunningCalls({ activity: { running, waiting } }: { activity: ServerActivity }) {
  const [now, setNow] = useState(() => Date.now())
  const isBusy = running.length > 0
  useEffect(() => {
    if (!isBusy) return
    const timer = setInterval(() => setNow(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [isBusy])
  if (!isBusy && waiting === 0) return <p className="mt-2 text-12 text-muted">No call is running.</p>
  return (
    <div className="tabular mt-2 text-12">
      <ul aria-label="Running calls" className="flex flex-col gap-1">
        {running.map(({ id, clientName, endpoint, model, startedAt, tokens }) => (
          <li key={id} className="min-w-0 border-t border-line pt-1">
            <span className="block truncate" title={`${clientName}, ${endpoint}`}>
              {clientName} <span className="font-mono text-11 text-muted">{endpoint}</span>
            </span>
            <span className="block truncate text-muted">
              {model}, {tokens.toLocaleString('en-US')} tokens, {Math.max(0, Math.round((now - startedAt.getTime()) / 1000))} s
            </span>
          </li>
        ))}
      </ul>
      {waiting > 0 && <p className="mt-1 text-muted">{waiting === 1 ? '1 call waits' : `${waiting} calls wait`}</p>}
    </div>
  )
}
