import { useEffect, useState } from 'react'
import { reportFailure } from './report-failure.ts'

/** Puts text on the clipboard and says so for 1.5 s. */
export function useCopied(): [isCopied: boolean, copy: (text: string) => void] {
  const [isCopied, setCopied] = useState(false)
  useEffect(() => {
    if (!isCopied) return
    const timer = setTimeout(() => setCopied(false), 1500)
    return () => clearTimeout(timer)
  }, [isCopied])
  return [isCopied, text => void navigator.clipboard.writeText(text).then(() => setCopied(true), reportFailure)]
}
