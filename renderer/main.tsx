import './ui/styles.css'
import { config } from 'zod'

// The page's policy forbids eval, and zod tries it when the first schema is made: so this stands before every module that makes one.
config({ jitless: true })
// Until the settings have come, so that nobody sees a dark flash by day.
if (matchMedia('(prefers-color-scheme: light)').matches) document.documentElement.dataset['theme'] = 'light'
void import('./start.tsx')
