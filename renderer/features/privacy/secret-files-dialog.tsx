import type { FileLabel } from '#shared/contract/labels.ts'
import { Button } from '../../ui/button.tsx'
import { DataTable } from '../../ui/data-table.tsx'
import { Dialog } from '../../ui/dialog.tsx'

interface SecretFilesDialogProps {
  isOpen: boolean
  onClose: () => void
  files: readonly FileLabel[]
  total: number
  areRulesBroken: boolean
}

/** The secret files with the rules that make them so. */
export function SecretFilesDialog({ isOpen, onClose, files, total, areRulesBroken }: SecretFilesDialogProps) {
  const shown = areRulesBroken ? 'Until the rules can be read, every file of the folder counts as secret; these are so in any case. ' : files.length < total ? `${files.length.toLocaleString('en')} of ${total.toLocaleString('en')} are shown. ` : ''
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
        />
    </Dialog>
  )
}
