import { keyText } from './key-label.ts'

/** A key binding, drawn as one quiet cap. */
export function Keys({ binding, className = '' }: { binding: string; className?: string }) {
  return <kbd className={`rounded-small border border-line px-1.25 font-sans text-11 whitespace-nowrap text-faint ${className}`}>{keyText(binding)}</kbd>
}
