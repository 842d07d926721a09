import type { RefObject } from 'react'
import { pillWords } from './privacy-words.ts'
import { usePrivacy } from './use-privacy.ts'

/** The sentence that tells the truth. It takes focus when the page is opened. */
export function PrivacyHead({ heading }: { heading: RefObject<HTMLHeadingElement | null> }) {
  const { text, sentence } = pillWords(usePrivacy(store => store.state))
  return (
    <header>
      <h1 ref={heading} tabIndex={-1} className="focus-none text-20 font-strong">
        {text}
      </h1>
      <p className="mt-1 text-muted">{sentence}</p>
    </header>
  )
}
