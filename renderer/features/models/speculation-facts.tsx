import { speculationWords, type Speculation } from '#shared/speculation.ts'
import { useEngine } from '../../rpc/engine.ts'
import { FactList, type Fact } from '../../ui/fact-list.tsx'

/** What there is to say of how a model guesses ahead; nothing of one that writes nothing. */
export function speculationFacts(speculation: Speculation | undefined): Fact[] {
  return speculation ? [{ label: 'Guesses ahead', value: speculationWords(speculation) }] : []
}

/** How a model that is loaded guesses ahead, and how often it was right. */
export function LoadedSpeculation({ modelId }: { modelId: string }) {
  const facts = speculationFacts(useEngine(state => state.residents).find(resident => resident.modelId === modelId)?.speculation)
  return facts.length === 0 ? null : <FactList facts={facts} />
}
