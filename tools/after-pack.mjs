import { join } from 'node:path'
import { setFuses } from './fuses.mjs'

/** Where the packer has put Electron's program. */
export function packedProgram({ electronPlatformName, appOutDir, packager }) {
  if (electronPlatformName === 'linux') return join(appOutDir, packager.executableName)
  return join(appOutDir, `${packager.appInfo.productFilename}${electronPlatformName === 'win32' ? '.exe' : '.app'}`)
}

/** electron-builder calls this between packing and signing. Its own fuse option knows fewer fuses than Electron has. */
export default async function afterPack(context) {
  // Only a Mac can sign; without it an unsigned build for Apple's processors would not start.
  await setFuses(packedProgram(context), context.electronPlatformName === 'darwin' && process.platform === 'darwin')
}
