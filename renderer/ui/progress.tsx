/** Work with a known share done; `ratio` from 0 to 1. */
export function Progress({ label, ratio, className = '' }: { label: string; ratio: number; className?: string }) {
  const percent = Math.round(Math.min(1, Math.max(0, ratio)) * 100)
  return (
    <span role="progressbar" aria-label={label} aria-valuenow={percent} aria-valuemin={0} aria-valuemax={100} className={`block h-1 overflow-hidden rounded-[2px] bg-control-line/35 ${className}`}>
      <span className="block h-full origin-left bg-accent transition-transform duration-140" style={{ transform: `scaleX(${percent / 100})` }} />
    </span>
  )
}
