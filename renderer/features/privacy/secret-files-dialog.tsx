import type { FileLabel } from '#shared/contract/labels.ts'
import { Button } from '../../ui/button.tsx'
import { DataTable } from '../../ui/data-table.tsx'
import { Dialog } from '../../ui/dialog.tsx'

interface SecretFilesDialogProps {
  isOpen: boolean
  onClose: () => void
  files: readonly FileLabel[]
  total: number
}

/** The secret files with the rules that make them so. */
export function SecretFilesDialog({ isOpen, onClose, files, total }: SecretFilesDialogProps) {
  const shown = files.length < total ? `${files.length.toLocaleString('en')} of ${total.toLocaleString('en')} are shown. ` : ''
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title="Secret files" description={`${shown}No model reads them, unless you send one with a single question.`} width={640} hasCloseButton={false} footer={<Button data-autofocus onClick={onClose}>Close</Button>}>
      <DataTable
        label="Secret files"
        columns={[
          { id: 'path', title: 'File', cell: file => file.path, isMonospaced: true, wraps: true },
          { id: 'rule', title: 'Rule', cell: file => file.rule, isMonospaced: true, wraps: true },
          { id: 'why', title: 'Why', cell: file => file.why, wraps: true },
        ]}
        rows={files}
        rowKey={file => file.path}
        emptyText="No file of this folder is secret."
        maxHeight={420}
      />
    </Dialog>
  )
}
