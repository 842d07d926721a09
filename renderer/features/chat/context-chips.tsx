import { FileCode2, Plus, TextSelect } from 'lucide-react'
import type { ContextInput, ContextUse } from '#shared/contract/chat.ts'
import { useShallow } from 'zustand/shallow'
import { useActiveEditor } from '../../shell/active-editor.ts'
import { useFileLabels } from '../../shell/file-labels.ts'
import { reportFailure } from '../../shell/report-failure.ts'
import { useSetting } from '../../shell/settings.ts'
import { Chip } from '../../ui/chip.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { Menu } from '../../ui/menu.tsx'
import { attachmentsFor, countLines, selectionOf } from './attachments.ts'
import { attachOpenFile, attachSelection, removeAttachment, sendOnce } from './chat-actions.ts'
import { useChat } from './chat-store.ts'
import { exactCount, fileName, rangeWords } from './context-words.ts'
import { decisionWords, labelIcons, labelMeans } from './label-words.ts'
import { InvisibleNote } from './invisible-note.tsx'

/** What goes with the next question: each with its lines and its tokens, to take away or to add. */
export function ContextChips() {
  const editor = useActiveEditor(state => state.editor)
  const { pinned, hasFile, removedSelection, budget } = useChat(useShallow(state => ({ pinned: state.pinned, hasFile: state.hasFile, removedSelection: state.removedSelection, budget: state.budget })))
  const standard = useSetting('chat.includeOpenFile')
  const attachments = attachmentsFor(editor, { hasFile: hasFile ?? standard, removedSelection, pinned })
  const selection = editor ? selectionOf(editor) : null
  if (attachments.length === 0 && !editor) return null
  return (
    <ul aria-label="Context" className="flex min-w-0 flex-wrap gap-1.5 px-2.5 pt-2.5">
      {attachments.map(({ key, input }, index) => {
        // Counts come a moment later and may still be those of the former set.
        const measured = budget?.attachments[index]
        const use = measured && measured.kind === input.kind && measured.path === input.path ? measured : null
        const label = chipLabel(input.kind, input.path, use ?? { startLine: input.startLine, endLine: input.startLine + countLines(input.text) - 1, totalLines: input.totalLines })
        return (
          <li key={key} className="flex max-w-full min-w-0">
            <AttachmentChip input={input} label={label} use={use} onRemove={() => removeAttachment(key)} />
          </li>
        )
      })}
      {budget?.attachments.map(use => use.invisible && attachments.some(({ input }) => input.kind === use.kind && input.path === use.path) && (
        <li key={`invisible:${use.kind}:${use.path}:${use.startLine}`} className="order-last w-full">
          <InvisibleNote {...use.invisible} place={fileName(use.path)} />
        </li>
      ))}
      {editor && (
        <li className="flex">
          <Menu
            side="top"
            entries={[
              {
                id: 'file',
                label: `Open file: ${fileName(editor.path)}`,
                icon: FileCode2,
                run: attachOpenFile,
                ...(attachments.some(one => one.key === 'file') ? { disabledReason: 'It goes along already.' } : {}),
              },
              { id: 'selection', label: 'Selection, kept as it is now', icon: TextSelect, run: attachSelection, ...(selection ? {} : { disabledReason: 'Nothing is selected in the editor.' }) },
            ]}
          >
            <IconButton icon={Plus} iconSize={14} label="Add context" className="size-5.5" tooltipSide="top" />
          </Menu>
        </li>
      )}
    </ul>
  )
}

/** One attachment: its lines, its label in words, and its tokens or why nothing of it goes. */
function AttachmentChip({ input, label, use, onRemove }: { input: ContextInput; label: string; use: ContextUse | null; onRemove: () => void }) {
  // The folder's marks are there before the counts, and where no model is loaded.
  const marked = useFileLabels(state => state.secret.get(input.path))
  const isOverridden = useChat(state => state.overrides.includes(input.path))
  const judged = use ?? (marked ? { label: marked.label, rule: marked.rule, decision: isOverridden ? ('overridden' as const) : ('refused' as const), isIncluded: isOverridden } : null)
  const isRefused = judged?.decision === 'refused'
  const isTooLong = judged !== null && !isRefused && !judged.isIncluded
  const means = judged ? `: ${judged.label} by ${judged.rule}, ${labelMeans[judged.label]}` : ''
  return (
    <Chip
      icon={input.kind === 'file' ? FileCode2 : TextSelect}
      label={label}
      title={isTooLong ? `${input.path}: nothing of it fits` : `${input.path}${means}`}
      mark={judged ? { icon: labelIcons[judged.label], word: decisionWords(judged) } : undefined}
      action={isRefused ? { label: 'Send once', name: `Send ${label} with this question once`, run: () => void sendOnce(input.path, judged.rule).catch(reportFailure) } : undefined}
      {...(isTooLong ? { detail: 'does not fit' } : use?.isIncluded ? { detail: exactCount(use.tokens) } : {})}
      tone={judged && (isTooLong || judged.label === 'secret') ? 'warn' : 'plain'}
      onRemove={onRemove}
    />
  )
}

function chipLabel(kind: 'file' | 'selection', path: string, lines: Pick<ContextUse, 'startLine' | 'endLine' | 'totalLines'>): string {
  const range = rangeWords({ kind, ...lines })
  return kind === 'file' ? [fileName(path), range].filter(Boolean).join(' ') : `${fileName(path)} ${range}`
}
