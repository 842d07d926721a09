import { wantsNoEnforcement } from './early-enforcement.ts'

// For its effect, before the guard of the host looks: it cannot be taken away again.
if (wantsNoEnforcement(process.argv.slice(2))) process.env['CORTEX_ENFORCEMENT'] = 'off'
