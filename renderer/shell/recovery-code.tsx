import { Check, Copy } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from '../ui/button.tsx'
import { useCopied } from './use-copied.ts'

/** A code that is shown only now, to write down or to copy. */
export function RecoveryCode({ code, children }: { code: string; children?: ReactNode }) {
  const [isCopied, copy] = useCopied()
  return (
    <div role="status" className="rounded-control border border-line bg-surface-2 px-3 py-2">
      <div className="flex items-start gap-3">
        <p className="min-w-0 flex-1 font-mono text-13 break-words select-text">{code}</p>
        <Button size="small" icon={isCopied ? Check : Copy} onClick={() => copy(code)}>
          {isCopied ? 'Copied' : 'Copy'}
        </Button>
      </div>
      {children && <p className="mt-1 text-12 text-muted">{children}</p>}
    </div>
  )
}
