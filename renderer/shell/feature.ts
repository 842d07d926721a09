import type { LucideIcon } from 'lucide-react'
import type { ComponentType } from 'react'

/** One thing a person can do. Menu, key, palette and button all read the same object. */
export interface Command {
  /** `files.save`: the feature, then the verb. */
  id: string
  /** Sentence case, begins with a verb: "Save file". */
  title: string
  /** Group in the palette: "File", "View", "Chat". */
  category: string
  icon?: LucideIcon
  /**
   * Key bindings, first is shown: `Ctrl+S`, `Ctrl+Shift+P`, `Alt+W`, `F2`; `Ctrl` means Command on a Mac.
   * Where the browser keeps a key for itself (Ctrl+W, T, N) a second binding stands beside it.
   */
  keys?: readonly string[]
  /** Where the keys work: everywhere (default) or only while focus is inside an element with this `data-key-scope`. */
  keyScope?: string
  /** Runs again and again while its keys are held down. */
  repeats?: boolean
  /** Its keys also work while a dialog is open. */
  worksInDialogs?: boolean
  /** True, or the reason in words why it cannot run now; the palette shows the reason. */
  canRun?: () => true | string
  /** False keeps it out of the palette (it needs an argument). */
  isInPalette?: boolean
  run: (argument?: unknown) => void | Promise<void>
}

/** A view in the side panel, with its icon on the rail. */
export interface SideView {
  id: string
  title: string
  icon: LucideIcon
  order: number
  component: ComponentType
  /** Buttons at the right of the view's heading. */
  actions?: ComponentType
}

/** A tab of the bottom panel. */
export interface BottomView {
  id: string
  title: string
  order: number
  component: ComponentType
  /** Command that moves focus into it; run when the panel opens by key. */
  focusCommand?: string
  /** Shown at the right of the panel's tab row while the view is active. */
  actions?: ComponentType
}

/** A view in the right-hand dock (chat). */
export interface RightView {
  id: string
  title: string
  component: ComponentType
  actions?: ComponentType
}

/** A kind of tab in the editor area: files, settings, the log, the welcome page. */
export interface PageKind {
  kind: string
  icon: LucideIcon
  component: ComponentType<PageProps>
  /** Asked before the tab closes; false keeps it open. */
  beforeClose?: (page: Page) => Promise<boolean>
}

export interface Page {
  /** Unique and stable: `file:src/a.ts`, `settings`. Kept in the layout. */
  id: string
  kind: string
  title: string
  /** Full path or the like, for the tooltip and screen readers. */
  description?: string
  isDirty?: boolean
  /** Shown in italic until edited or pinned. */
  isPreview?: boolean
}

export interface PageProps {
  page: Page
  isActive: boolean
}

export interface StatusItem {
  id: string
  side: 'left' | 'right'
  order: number
  component: ComponentType
}

/** Something at the right of the title bar, such as the privacy pill. */
export interface TitleItem {
  id: string
  component: ComponentType
}

/** What a feature hands to the shell: everything it shows and does. */
export interface Feature {
  id: string
  commands?: readonly Command[]
  sideViews?: readonly SideView[]
  bottomViews?: readonly BottomView[]
  rightViews?: readonly RightView[]
  pages?: readonly PageKind[]
  statusItems?: readonly StatusItem[]
  titleItems?: readonly TitleItem[]
  /** Pages that stand on the rail under the views or at its foot, by the command that opens them and the page's id; the command's icon and title are drawn. */
  railPages?: readonly { command: string; page: string; isAtFoot?: boolean }[]
  /** Mounted once, draws overlays or watches data. */
  background?: ComponentType
  /** Called once when a workspace is shown; the returned function when it goes away. */
  onWorkspace?: (workspaceId: string) => (() => void) | void
}
