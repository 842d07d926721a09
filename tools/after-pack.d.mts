/** What of electron-builder's context the hook reads. */
export interface PackContext {
  electronPlatformName: string
  appOutDir: string
  packager: { executableName: string; appInfo: { productFilename: string } }
}
export function packedProgram(context: PackContext): string
export default function afterPack(context: PackContext): Promise<void>
