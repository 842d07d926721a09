export const root: string
export const at: (...parts: string[]) => string
export const outFolder: string
export const nodeOptions: readonly string[]
export class PlainError extends Error {}
