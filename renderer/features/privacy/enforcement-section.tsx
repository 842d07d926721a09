import { Section } from '../../ui/section.tsx'
import { LoadingState } from '../../ui/states.tsx'
import { EnforcementList } from './enforcement-list.tsx'
import { modelFirst } from './privacy-words.ts'
import { usePrivacy } from './use-privacy.ts'

export function EnforcementSection() {
  const state = usePrivacy(store => store.state)
  return <Section title="What holds now">{state ? <EnforcementList entries={modelFirst(state.enforcement)} /> : <LoadingState text="Reading what is enforced" />}</Section>
}
