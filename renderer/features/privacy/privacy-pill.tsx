import { Lock, LockOpen } from 'lucide-react'
import { create } from 'zustand'
import { client } from '../../rpc/client.ts'
import { useWatch } from '../../rpc/use-watch.ts'
import { runCommand } from '../../shell/commands.ts'
import { reportFailure } from '../../shell/report-failure.ts'
import { Button } from '../../ui/button.tsx'
import { classNames } from '../../ui/class-names.ts'
import { Icon } from '../../ui/icon.tsx'
import { Popover } from '../../ui/popover.tsx'
import { KeyNote } from './key-note.tsx'
import { pillWords } from './privacy-words.ts'
import { ProcessList } from './process-list.tsx'
import { useEgress } from './use-egress.ts'
import { usePrivacy } from './use-privacy.ts'

export const usePrivacyPopover = create<{ isOpen: boolean }>(() => ({ isOpen: false }))

const tones = {
  accent: 'bg-accent-soft text-accent high-contrast:border-accent',
  plain: 'bg-hover text-muted',
  warn: 'bg-hover text-warn',
} as const

/** Lock and mode in words; a click says process by process what is enforced. */
export function PrivacyPill() {
  const state = usePrivacy(store => store.state)
  const isOpen = usePrivacyPopover(popover => popover.isOpen)
  useWatch(async signal => await client.privacy.watch(undefined, { signal }), next => usePrivacy.setState({ state: next }), [])
  const { text, tone, sentence } = pillWords(state, useEgress(store => store.state))
  return (
    <Popover
      label="Privacy"
      width={400}
      isOpen={isOpen}
      onOpenChange={next => usePrivacyPopover.setState({ isOpen: next })}
      trigger={
        <button
          type="button"
          aria-label={`Privacy: ${text}. ${sentence}`}
          className={classNames('flex h-6.5 shrink-0 items-center gap-1.5 rounded-[13px] border border-transparent pr-2.5 pl-2 text-12 font-strong hover:brightness-110 max-[480px]:pr-2', tones[tone])}
        >
          <Icon icon={tone === 'warn' ? LockOpen : Lock} size={14} />
          <span className="max-[480px]:hidden">{text}</span>
        </button>
      }
    >
      <h2 className="text-15 font-strong">{text}</h2>
      <p className="mt-1 text-muted">{sentence}</p>
      {state && <ProcessList processes={state.processes} />}
      <KeyNote />
      <Button className="mt-3" onClick={openPrivacyPage}>
        Open Privacy
      </Button>
    </Popover>
  )
}

function openPrivacyPage(): void {
  usePrivacyPopover.setState({ isOpen: false })
  void runCommand('privacy.open').catch(reportFailure)
}
