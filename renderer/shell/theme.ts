import { setTheme, type ThemeName } from '../ui/theme-tokens.ts'
import { useSettings } from './settings.ts'

type Chosen = 'system' | ThemeName

export function resolveTheme(chosen: Chosen, system: { isDark: boolean; wantsContrast: boolean }): ThemeName {
  if (chosen !== 'system') return chosen
  if (system.wantsContrast) return 'high-contrast'
  return system.isDark ? 'dark' : 'light'
}

/** Keeps the page's theme and density in step with the settings and the operating system. */
export function followAppearance(): void {
  const dark = matchMedia('(prefers-color-scheme: dark)')
  const contrast = matchMedia('(prefers-contrast: more)')
  const apply = (): void => {
    const { values } = useSettings.getState()
    setTheme(resolveTheme(values['appearance.theme'], { isDark: dark.matches, wantsContrast: contrast.matches }))
    document.documentElement.dataset['density'] = values['appearance.compact'] ? 'compact' : 'comfortable'
  }
  dark.addEventListener('change', apply)
  contrast.addEventListener('change', apply)
  useSettings.subscribe(apply)
  apply()
}
