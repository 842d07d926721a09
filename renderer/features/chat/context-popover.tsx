import type { ReactElement } from 'react'
import type { SentBudget } from '#shared/contract/chat.ts'
import { classNames } from '../../ui/class-names.ts'
import { Popover } from '../../ui/popover.tsx'
import { ContextBar, partFills } from './context-bar.tsx'
import { contextParts, shareWords, type ContextPart } from './context-parts.ts'
import { exactCount } from './context-words.ts'

export interface ContextPopoverProps {
  trigger: ReactElement
  /** Of what: "Context used by this answer". */
  label: string
  budget: SentBudget
  /** Whether it is still to be sent, so that what does not fit may be taken out. */
  isAhead?: boolean
}

/** Each part of a context with its tokens and its share. */
export function ContextPopover({ trigger, label, budget, isAhead = false }: ContextPopoverProps) {
  return (
    <Popover label={label} side="top" align="start" width={340} trigger={trigger}>
      <Breakdown label={label} budget={budget} isAhead={isAhead} />
    </Popover>
  )
}

function Breakdown({ label, budget, isAhead }: Required<Omit<ContextPopoverProps, 'trigger'>>) {
  const { sent, free, reserve, overTokens } = contextParts(budget)
  const { totalTokens, contextTokens } = budget
  return (
    <>
      <h2 className="text-13 font-strong">{label}</h2>
      <ContextBar label={`${label}, by part`} budget={budget} className="mt-3 h-2.5 w-full" />
      <table aria-label="Parts of the context" className="tabular mt-3 w-full border-collapse text-12">
        <thead className="text-11 text-faint">
          <tr>
            <th scope="col" className="text-left font-normal">
              Part
            </th>
            <th scope="col" className="pl-3 text-right font-normal">
              Tokens
            </th>
            <th scope="col" className="pl-3 text-right font-normal">
              Share
            </th>
          </tr>
        </thead>
        <tbody>
          {sent.map(part => (
            <Row key={part.kind} {...part} />
          ))}
        </tbody>
        <tbody className="border-y border-line">
          <Row label={isAhead ? 'All that goes to the model' : 'All that went to the model'} tokens={totalTokens} share={contextTokens > 0 ? totalTokens / contextTokens : 0} isStrong />
        </tbody>
        <tbody>
          <Row {...reserve} />
          <Row {...free} />
        </tbody>
      </table>
      <p className="mt-2 text-11 text-faint">{`The model reads at most ${exactCount(contextTokens)} tokens, its answer included, which may take what is free too.`}</p>
      {isAhead && overTokens > 0 && <p className="mt-2 text-12 text-warn">{`It is ${exactCount(overTokens)} tokens too long and would be refused. Shorten the question or take context away.`}</p>}
    </>
  )
}

function Row({ kind, label, tokens, share, isStrong = false }: Omit<ContextPart, 'kind'> & { kind?: ContextPart['kind']; isStrong?: boolean }) {
  return (
    <tr className={isStrong ? 'font-strong' : ''}>
      <th scope="row" className={classNames('py-1 text-left', isStrong ? 'font-strong' : 'font-normal text-muted')}>
        <span className="flex items-center gap-2">
          <span aria-hidden className={classNames('size-2.5 shrink-0 rounded-[2px]', kind && partFills[kind], (kind === 'free' || kind === 'reserve') && 'border border-control-line')} />
          {label}
        </span>
      </th>
      <td className="py-1 pl-3 text-right whitespace-nowrap">{exactCount(tokens)}</td>
      <td className="py-1 pl-3 text-right whitespace-nowrap text-muted">{shareWords(share)}</td>
    </tr>
  )
}
