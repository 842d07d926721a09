import { z } from 'zod'

export interface Rectangle {
  x: number
  y: number
  width: number
  height: number
}

export interface WindowPlace {
  bounds: Rectangle
  isMaximized: boolean
}

export const smallestWindow = { width: 480, height: 400 }
const usualWindow = { width: 1440, height: 900 }

/** Pixels of the window's top edge that must stay reachable, so that a person can drag it back. */
const reachable = { width: 120, height: 32 }

const coordinate = z.number().int().min(-1_000_000).max(1_000_000)
const kept = z.object({ bounds: z.object({ x: coordinate, y: coordinate, width: coordinate, height: coordinate }), isMaximized: z.boolean() })

/** Where the window opens: where it was, if a display still shows it; else centred on the first display. All values in display-independent pixels. */
export function placeWindow(saved: unknown, workAreas: readonly [Rectangle, ...Rectangle[]]): WindowPlace {
  const parsed = kept.safeParse(saved)
  if (!parsed.success) return { bounds: centred(usualWindow, workAreas[0]), isMaximized: false }
  const { bounds, isMaximized } = parsed.data
  const home = workAreas.find(area => isReachable(bounds, area))
  if (!home) return { bounds: centred(bounds, workAreas[0]), isMaximized }
  const size = fit(bounds, home)
  return { bounds: { ...size, x: clamp(bounds.x, home.x - size.width + reachable.width, home.x + home.width - reachable.width), y: Math.max(bounds.y, home.y) }, isMaximized }
}

function isReachable(bounds: Rectangle, area: Rectangle): boolean {
  const shared = Math.min(bounds.x + bounds.width, area.x + area.width) - Math.max(bounds.x, area.x)
  return shared >= reachable.width && bounds.y + reachable.height > area.y && bounds.y + reachable.height <= area.y + area.height
}

function centred(size: { width: number; height: number }, area: Rectangle): Rectangle {
  const fitted = fit(size, area)
  return { ...fitted, x: area.x + Math.round((area.width - fitted.width) / 2), y: area.y + Math.round((area.height - fitted.height) / 2) }
}

function fit(size: { width: number; height: number }, area: Rectangle): { width: number; height: number } {
  return { width: clamp(size.width, smallestWindow.width, Math.max(smallestWindow.width, area.width)), height: clamp(size.height, smallestWindow.height, Math.max(smallestWindow.height, area.height)) }
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high)
}
