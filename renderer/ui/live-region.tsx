/** Says `text` to a screen reader when it changes; the region itself must stand before the text does. */
export function LiveRegion({ text, isUrgent = false }: { text: string; isUrgent?: boolean }) {
  return (
    <div role={isUrgent ? 'alert' : 'status'} aria-live={isUrgent ? 'assertive' : 'polite'} aria-atomic="true" className="sr-only">
      {text}
    </div>
  )
}
