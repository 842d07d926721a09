import { installHostGuard } from './host-guard.ts'

// For its effect: the first import of each entry, so that it stands before any dependency runs.
installHostGuard(true)
