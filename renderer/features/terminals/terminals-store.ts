import { create } from 'zustand'
import type { Terminal } from '#shared/contract/terminals.ts'
import { client } from '../../rpc/client.ts'
import { follow } from '../../rpc/follow.ts'
import { keep, readKept } from '../../shell/layout.ts'
import { dropFocusRequest } from './focus-request.ts'
import { fitGroups, neighbourOf, replaceInGroups, splitGroup, type Groups } from './terminal-groups.ts'
import type { TerminalSession } from './terminal-session.ts'

export interface TerminalsState {
  workspaceId: string | null
  /** Null until the host has said them. */
  terminals: readonly Terminal[] | null
  groups: Groups
  activeId: string | null
  /** Sessions whose line to the shell broke for good, with why. */
  broken: ReadonlyMap<string, unknown>
  /** What went wrong when a terminal was asked for. */
  failure: unknown
  isStarting: boolean
  isSearching: boolean
}

const first: TerminalsState = { workspaceId: null, terminals: null, groups: [], activeId: null, broken: new Map(), failure: null, isStarting: false, isSearching: false }

export const useTerminals = create<TerminalsState>(() => first)

const KEPT = 'terminals'
const sessions = new Map<string, TerminalSession>()
/** Places wanted by terminals that the watch has not told of yet. */
let arranged: readonly { beside: string | null; instead: string | null; id: string }[] = []
/** Terminals that were asked for, one after the other. */
let starting: Promise<void> = Promise.resolve()
let startingCount = 0
/** Ended ones for which another was asked already. */
const replaced = new Set<string>()

export function sessionOf(id: string | null): TerminalSession | undefined {
  return id === null ? undefined : sessions.get(id)
}

/** The screen of a terminal; made when it is first shown. xterm is fetched then, not before. */
export async function openSession(workspaceId: string, id: string): Promise<TerminalSession | null> {
  // The size of a cell is measured once: with the font there, not with its stand-in.
  const [{ createTerminalSession }] = await Promise.all([import('./terminal-session.ts'), document.fonts.load("13px 'JetBrains Mono Variable'").catch(() => [])])
  if (!useTerminals.getState().terminals?.some(terminal => terminal.id === id)) return null
  const standing = sessions.get(id)
  if (standing) return standing
  const session = createTerminalSession(workspaceId, id, failure => useTerminals.setState(state => ({ broken: new Map(state.broken).set(id, failure) })))
  sessions.set(id, session)
  return session
}

/** Follows the terminals of a workspace. Answers how to stop; the shells themselves go on. */
export function followTerminals(workspaceId: string): () => void {
  useTerminals.setState({ ...first, workspaceId })
  const stop = follow(signal => client.terminals.watch({ workspaceId }, { signal }), ({ terminals }) => take(terminals), {
    onFailure: failure => useTerminals.setState({ failure, terminals: [] }),
  })
  return () => {
    stop()
    for (const session of sessions.values()) session.dispose()
    sessions.clear()
    useTerminals.setState(first)
  }
}

function take(terminals: readonly Terminal[]): void {
  const ids = terminals.map(terminal => terminal.id)
  const { terminals: before, groups: formerGroups, activeId: formerId, broken } = useTerminals.getState()
  const kept = before === null ? readKeptState(ids) : { groups: formerGroups, activeId: formerId }
  let groups = fitGroups(kept.groups, ids)
  let activeId = kept.activeId
  if (activeId !== null && !ids.includes(activeId)) activeId = neighbourOf(kept.groups, activeId)
  const told = arranged.filter(({ id }) => ids.includes(id))
  arranged = arranged.filter(({ id }) => !ids.includes(id))
  for (const { beside, instead, id } of told) {
    if (instead !== null && groups.flat().includes(instead)) groups = replaceInGroups(groups, instead, id)
    else if (beside !== null) groups = splitGroup(groups, beside, id)
    activeId = id
  }
  if (activeId === null || !ids.includes(activeId)) activeId = groups[0]?.[0] ?? null
  for (const [id, session] of sessions) {
    if (ids.includes(id)) continue
    session.dispose()
    sessions.delete(id)
  }
  useTerminals.setState({ terminals, groups: fitGroups(groups, ids), activeId, broken: new Map([...broken].filter(([id]) => ids.includes(id))) })
  keepState()
}

function readKeptState(ids: readonly string[]): { groups: Groups; activeId: string | null } {
  const kept = readKept(KEPT)
  const groups = typeof kept === 'object' && kept !== null && 'groups' in kept ? kept.groups : []
  const activeId = typeof kept === 'object' && kept !== null && 'activeId' in kept && typeof kept.activeId === 'string' ? kept.activeId : null
  return { groups: fitGroups(groups, ids), activeId }
}

function keepState(): void {
  const { groups, activeId } = useTerminals.getState()
  keep(KEPT, { groups, activeId })
}

export function showTerminal(activeId: string): void {
  useTerminals.setState({ activeId })
  keepState()
}

interface Place {
  beside?: string
  instead?: string
}

/** Starts a shell: in a tab of its own, beside another, or in the place of one that ended. */
export async function startTerminal(where: Place = {}): Promise<void> {
  const { workspaceId } = useTerminals.getState()
  if (workspaceId === null || (where.instead !== undefined && replaced.has(where.instead))) return
  if (where.instead !== undefined) replaced.add(where.instead)
  startingCount++
  useTerminals.setState({ isStarting: true, failure: null })
  starting = starting.then(async () => {
    if (useTerminals.getState().workspaceId === workspaceId) await startIn(workspaceId, where)
    if (where.instead !== undefined) replaced.delete(where.instead)
    if (--startingCount === 0) useTerminals.setState({ isStarting: false })
  })
  await starting
}

async function startIn(workspaceId: string, where: Place): Promise<void> {
  try {
    const like = sessionOf(where.instead ?? where.beside ?? null)?.terminal
    const { id } = await client.terminals.create({ workspaceId, columns: like?.cols ?? 80, rows: like?.rows ?? 24 })
    arranged = [...arranged, { id, beside: where.beside ?? null, instead: where.instead ?? null }]
    const { terminals } = useTerminals.getState()
    if (terminals?.some(terminal => terminal.id === id)) take(terminals)
    if (where.instead !== undefined) await client.terminals.close({ workspaceId, terminalId: where.instead })
  } catch (failure) {
    useTerminals.setState({ failure })
    dropFocusRequest()
  }
}

export async function closeTerminal(id: string): Promise<void> {
  const { workspaceId } = useTerminals.getState()
  if (workspaceId !== null) await client.terminals.close({ workspaceId, terminalId: id })
}

export async function renameTerminal(id: string, title: string): Promise<void> {
  const { workspaceId } = useTerminals.getState()
  if (workspaceId !== null) await client.terminals.rename({ workspaceId, terminalId: id, title })
}
