import { z } from 'zod'

// The page's policy forbids eval; zod would try it once and leave a report.
z.config({ jitless: true })
