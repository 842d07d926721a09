export const fuses: Readonly<Record<number, boolean>>
export function setFuses(program: string, isSignatureReset: boolean): Promise<void>
export function checkFuses(program: string): Promise<void>
