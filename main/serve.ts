import './platform/network/guard-host.ts'

// Loaded once the guard stands, so that no dependency runs before it.
const { startProgram } = await import('./cli/start-program.ts')
await startProgram(import.meta.dirname).parseAsync()
