import { create } from 'zustand'
import type { EgressState } from '#shared/contract/egress.ts'

/** The mode, the grants and the questions; the background component follows them. Null until they are known. */
export const useEgress = create<{ state: EgressState | null }>(() => ({ state: null }))
