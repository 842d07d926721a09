/**
 * Monaco ends work that nobody waits for any more by rejecting its promise with an error of this name, and leaves some of those
 * promises to nobody, as when an editor closes while it looks for something. That is no failure; all others go their way.
 */
export function isCancelledWork(reason: unknown): boolean {
  return reason instanceof Error && reason.name === 'Canceled' && reason.message === 'Canceled'
}

export function acceptCancelledWork(): void {
  addEventListener('unhandledrejection', event => {
    if (isCancelledWork(event.reason)) event.preventDefault()
  })
}
