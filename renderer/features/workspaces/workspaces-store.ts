import { create } from 'zustand'
import type { RecentFolder } from '#shared/contract/workspaces.ts'

interface WorkspacesState {
  isPickerOpen: boolean
  recent: readonly RecentFolder[]
}

export const useWorkspaces = create<WorkspacesState>(() => ({ isPickerOpen: false, recent: [] }))

export function setPickerOpen(isPickerOpen: boolean): void {
  useWorkspaces.setState({ isPickerOpen })
}
