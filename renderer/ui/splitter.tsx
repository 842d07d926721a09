import { useRef } from 'react'
import { classNames } from './class-names.ts'

export interface SplitterProps {
  label: string
  /** `vertical` stands between left and right. */
  orientation: 'vertical' | 'horizontal'
  /** Size in px of the pane it sizes. */
  size: number
  min: number
  max: number
  /** Where that pane lies, seen from the splitter. */
  pane: 'before' | 'after'
  onResize: (size: number) => void
  /** Double click and Home. */
  onReset?: () => void
  className?: string
}

/** 1 px to see, 8 px to grab; arrows move it by 8 px, with Shift by 40 px. */
export function Splitter({ label, orientation, size, min, max, pane, onResize, onReset, className }: SplitterProps) {
  const start = useRef<{ at: number; size: number } | null>(null)
  const isVertical = orientation === 'vertical'
  const sign = pane === 'before' ? 1 : -1
  const clamp = (next: number): number => Math.round(Math.min(max, Math.max(min, next)))
  const keys: Record<string, number> = isVertical ? { ArrowLeft: -1, ArrowRight: 1 } : { ArrowUp: -1, ArrowDown: 1 }
  return (
    <div
      role="separator"
      tabIndex={0}
      aria-label={label}
      aria-orientation={orientation}
      aria-valuenow={Math.round(size)}
      aria-valuemin={min}
      aria-valuemax={Math.max(min, max)}
      className={classNames('group relative z-20 shrink-0 touch-none focus-visible:outline-none', isVertical ? 'w-px cursor-col-resize' : 'h-px cursor-row-resize', className)}
      onPointerDown={event => {
        if (event.button !== 0) return
        event.currentTarget.setPointerCapture(event.pointerId)
        start.current = { at: isVertical ? event.clientX : event.clientY, size }
      }}
      onPointerMove={event => {
        if (!start.current) return
        onResize(clamp(start.current.size + sign * ((isVertical ? event.clientX : event.clientY) - start.current.at)))
      }}
      onPointerUp={() => (start.current = null)}
      onPointerCancel={() => (start.current = null)}
      onDoubleClick={onReset}
      onKeyDown={event => {
        const step = keys[event.key]
        if (step !== undefined) onResize(clamp(size + sign * step * (event.shiftKey ? 40 : 8)))
        else if (event.key === 'Home' && onReset) onReset()
        else return
        event.preventDefault()
      }}
    >
      <span className={classNames('absolute', isVertical ? 'inset-y-0 -left-1 w-2' : 'inset-x-0 -top-1 h-2')} />
      <span
        className={classNames(
          'pointer-events-none absolute bg-line transition-opacity duration-120 group-hover:bg-accent group-focus-visible:bg-accent group-active:bg-accent',
          isVertical ? 'inset-y-0 left-0 w-px group-focus-visible:-left-px group-focus-visible:w-0.75' : 'inset-x-0 top-0 h-px group-focus-visible:-top-px group-focus-visible:h-0.75',
        )}
      />
    </div>
  )
}
