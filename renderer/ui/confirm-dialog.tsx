import type { ReactNode } from 'react'
import { Button } from './button.tsx'
import { Dialog } from './dialog.tsx'

export interface ConfirmDialogProps {
  isOpen: boolean
  title: string
  /** What follows from it. */
  description: ReactNode
  /** A verb: "Delete". */
  action: string
  isDanger?: boolean
  children?: ReactNode
  onConfirm: () => void
  onClose: () => void
}

/** Asks before something that cannot be undone or that leaves the app. Cancel has the focus. */
export function ConfirmDialog({ isOpen, title, description, action, isDanger = false, children, onConfirm, onClose }: ConfirmDialogProps) {
  return (
    <Dialog
      isOpen={isOpen}
      onClose={onClose}
      title={title}
      description={description}
      hasCloseButton={false}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant={isDanger ? 'danger' : 'primary'}
            onClick={() => {
              onClose()
              onConfirm()
            }}
          >
            {action}
          </Button>
        </>
      }
    >
      {children}
    </Dialog>
  )
}
