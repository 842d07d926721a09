import { useState } from 'react'
import type { SecretsEvent } from '#shared/contract/secrets.ts'
import { client } from '../../rpc/client.ts'
import { useWatch } from '../../rpc/use-watch.ts'
import { runCommand } from '../../shell/commands.ts'
import { reportFailure } from '../../shell/report-failure.ts'
import { Button } from '../../ui/button.tsx'
import { FactList, type Fact } from '../../ui/fact-list.tsx'
import { Actions, Section } from '../../ui/section.tsx'

/** How many secrets are kept, and whether one has ended. */
export function SecretsSection() {
  const [event, setEvent] = useState<SecretsEvent | null>(null)
  useWatch(async signal => await client.secrets.watch(undefined, { signal }), setEvent, [])
  return (
    <Section title="Secrets">
      <FactList facts={event ? secretFacts(event) : []} />
      <Actions>
        <Button onClick={() => void runCommand('secrets.open').catch(reportFailure)}>Open</Button>
      </Actions>
    </Section>
  )
}

function secretFacts({ isLocked, secrets }: SecretsEvent): Fact[] {
  if (isLocked) return [{ label: 'Kept', value: 'locked', tone: 'warn' }]
  const count = (state: string): number => secrets.filter(secret => secret.state === state).length
  const facts: Fact[] = [{ label: 'Kept', value: secrets.length.toLocaleString('en') }]
  if (count('expires-soon') > 0) facts.push({ label: 'End within 14 days', value: count('expires-soon'), tone: 'warn' })
  if (count('expired') > 0) facts.push({ label: 'Expired', value: count('expired'), tone: 'error' })
  return facts
}
