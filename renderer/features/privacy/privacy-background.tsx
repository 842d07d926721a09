import { EgressBackground } from './egress-background.tsx'
import { SelfTestBackground } from './self-test-background.tsx'

/** What this feature does while no page of it is open. */
export function PrivacyBackground() {
  return (
    <>
      <EgressBackground />
      <SelfTestBackground />
    </>
  )
}
