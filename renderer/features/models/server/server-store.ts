import { create } from 'zustand'
import type { ServerActivity, ServerClient, ServerEvent, ServerState } from '#shared/contract/model-server.ts'

export interface ServerView {
  /** Null until the host has said it. */
  state: ServerState | null
  clients: readonly ServerClient[]
  activity: ServerActivity
  failure: unknown
}

export const noServer: ServerView = { state: null, clients: [], activity: { running: [], waiting: 0, totals: [] }, failure: null }
export const useServer = create<ServerView>(() => noServer)

export function afterServerEvent(view: ServerView, event: ServerEvent): ServerView {
  switch (event.type) {
    case 'snapshot':
      return { state: event.state, clients: event.clients, activity: event.activity, failure: null }
    case 'state-changed':
      return { ...view, state: event.state }
    case 'clients-changed':
      return { ...view, clients: event.clients }
    case 'activity-changed':
      return { ...view, activity: event.activity }
  }
}
