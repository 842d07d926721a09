import type { LucideIcon } from 'lucide-react'

/** A Lucide icon in the house stroke; decoration only, the name stands in the control. */
export function Icon({ icon: Glyph, size = 16, className }: { icon: LucideIcon; size?: number; className?: string }) {
  return <Glyph size={size} strokeWidth={1.5} aria-hidden="true" className={className ? `shrink-0 ${className}` : 'shrink-0'} />
}
