import { installHostGuard } from './host-guard.ts'

// For its effect: the first import of each entry, so that it stands before any dependency runs. Without enforcement, the self-test shows what is then open.
if (process.env['CORTEX_ENFORCEMENT'] !== 'off') installHostGuard(true)
