import { create } from 'zustand'

/** Whether the person works on without what the locked vault holds; a command shows the unlock screen again. */
export const useUnlock = create<{ isDismissed: boolean }>(() => ({ isDismissed: false }))
