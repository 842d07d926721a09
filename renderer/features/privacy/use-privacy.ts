import { create } from 'zustand'
import type { PrivacyState } from '#shared/contract/privacy.ts'

/** What is enforced now; the pill follows it, as it always stands. Null until it is known. */
export const usePrivacy = create<{ state: PrivacyState | null }>(() => ({ state: null }))
