import './cli/turn-off-enforcement.ts'
import './platform/network/guard-host.ts'

// Loaded once the guard stands, so that no dependency runs before it.
const { cortexProgram } = await import('./cli/program.ts')
await cortexProgram(import.meta.dirname).parseAsync()
