import { flipFuses, FuseState, FuseV1Options, FuseVersion, getCurrentFuseWire } from '@electron/fuses'

/** Every switch inside Electron's program, named: a new one in a later version fails the packing until somebody decides. */
export const fuses = {
  [FuseV1Options.RunAsNode]: false,
  [FuseV1Options.EnableCookieEncryption]: true,
  [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false,
  [FuseV1Options.EnableNodeCliInspectArguments]: false,
  [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: true,
  [FuseV1Options.OnlyLoadAppFromAsar]: true,
  [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  [FuseV1Options.GrantFileProtocolExtraPrivileges]: false,
  [FuseV1Options.WasmTrapHandlers]: true,
}

/** Sets every fuse of a program, then reads them back and throws when one is not as it was set. `isSignatureReset` re-signs ad hoc on a Mac. */
export async function setFuses(program, isSignatureReset) {
  await flipFuses(program, { version: FuseVersion.V1, strictlyRequireAllFuses: true, resetAdHocDarwinSignature: isSignatureReset, ...fuses })
  await checkFuses(program)
}

/** Throws, naming them, when fuses of a packed program are not as they must be. */
export async function checkFuses(program) {
  const wire = await getCurrentFuseWire(program)
  const wrong = Object.entries(fuses).filter(([fuse, isOn]) => wire[fuse] !== (isOn ? FuseState.ENABLE : FuseState.DISABLE))
  if (wrong.length > 0) throw new Error(`Fuses that are not set as they must be: ${wrong.map(([fuse]) => FuseV1Options[fuse]).join(', ')}`)
}
