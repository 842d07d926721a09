import { cortexProgram } from './cli/program.ts'

await cortexProgram(import.meta.dirname).parseAsync()
