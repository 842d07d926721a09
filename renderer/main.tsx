import './ui/styles.css'
import { config } from 'zod'

// The page's policy forbids eval, and zod tries it when the first schema is made: so this stands before every module that makes one.
config({ jitless: true })
void import('./start.tsx')
