import type { DockviewApi } from 'dockview-react'

let api: DockviewApi | null = null

/** The editor area's dock; only the shell speaks to it, features go through `pages.ts`. */
export function dockApi(): DockviewApi | null {
  return api
}

export function setDockApi(next: DockviewApi | null): void {
  api = next
}
