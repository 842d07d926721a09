export function tracing(file: string): string[]
export function noTracingBecause(): string | null
export function outsideCalls(trace: string): string[]
