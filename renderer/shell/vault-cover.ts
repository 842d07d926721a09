import { create } from 'zustand'

/** Whether the vault is locked and its screen covers the page: what came from the vault is then not to stand behind it either. */
export const useVaultCover = create<{ isCovered: boolean }>(() => ({ isCovered: false }))
