import { existsSync, readdirSync, realpathSync } from 'node:fs'
import { isAbsolute, join, sep } from 'node:path'

/** Where files of people, sockets of their session and mounted disks lie on Linux. */
const usualPlaces = ['/home', '/tmp', '/var/tmp', '/run', '/mnt', '/media', '/srv', '/var/lib', '/var/log', '/var/spool', '/var/mail']

/** Below `/run`: libraries of graphics drivers on NixOS. */
const driverPlaces = ['/run/opengl-driver', '/run/opengl-driver-32', '/run/current-system']

/** Devices of graphics cards. */
const graphicsDevice = /^(dri|kfd|dxg|accel|nvidia.*|mali.*|davinci.*)$/

/** The folders to hide so that nothing of a person can be read: no folder is named that lies in another of them. */
export function placesToHide(more: readonly string[]): string[] {
  const real = [...usualPlaces, ...more].filter(isAbsolute).flatMap(realPath).filter(path => path !== sep)
  return [...new Set(real)].filter(path => !real.some(other => other !== path && isInside(path, other))).toSorted()
}

/** Pairs of what to show and where, for paths that may lie in hidden places, be links, or not be there. */
export function placesToKeep(paths: readonly string[], hidden: readonly string[]): [source: string, place: string][] {
  return paths.flatMap(path =>
    realPath(path).flatMap(real => {
      const isLinkInHidden = path !== real && hidden.some(folder => isInside(path, folder))
      return [[real, real], ...(isLinkInHidden ? [[real, path] as const] : [])] as [string, string][]
    }),
  )
}

export function driverPaths(): string[] {
  return driverPlaces.filter(path => existsSync(path))
}

export function graphicsDevices(folder = '/dev'): string[] {
  try {
    return readdirSync(folder).filter(name => graphicsDevice.test(name)).map(name => join(folder, name))
  } catch {
    return []
  }
}

export function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep)
}

/** The path without links, or none where nothing is there. */
export function realPath(path: string): string[] {
  try {
    return [realpathSync(path)]
  } catch {
    // What is not there needs no hiding.
    return []
  }
}
