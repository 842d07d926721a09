import { useState } from 'react'
import { client } from '../../rpc/client.ts'
import { reportFailure } from '../../shell/report-failure.ts'
import { Button } from '../../ui/button.tsx'

/** Measures how fast this machine reads memory: what expected speeds are estimated from. */
export function MeasureButton() {
  const [isBusy, setBusy] = useState(false)
  return (
    <Button
      size="small"
      disabled={isBusy}
      onClick={() => {
        setBusy(true)
        void client.hardware.measure().catch(reportFailure).finally(() => setBusy(false))
      }}
    >
      {isBusy ? 'Measuring' : 'Measure its speed'}
    </Button>
  )
}
