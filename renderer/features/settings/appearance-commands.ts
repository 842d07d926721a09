import { Contrast, Moon, Rows3, Sun, SunMoon } from 'lucide-react'
import type { Command } from '../../shell/feature.ts'
import { readSetting, setUserSetting } from '../../shell/settings.ts'

const themes = [
  { value: 'dark', title: 'Use the dark theme', icon: Moon },
  { value: 'light', title: 'Use the light theme', icon: Sun },
  { value: 'high-contrast', title: 'Use the high contrast theme', icon: Contrast },
  { value: 'system', title: 'Use the theme of the operating system', icon: SunMoon },
] as const

export const appearanceCommands: readonly Command[] = [
  ...themes.map(
    ({ value, title, icon }): Command => ({
      id: `appearance.${value}`,
      title,
      category: 'Appearance',
      icon,
      canRun: () => (readSetting('appearance.theme') === value ? 'This theme is in use.' : true),
      run: async () => await setUserSetting('appearance.theme', value),
    }),
  ),
  { id: 'appearance.compact', title: 'Switch between compact and comfortable rows', category: 'Appearance', icon: Rows3, run: async () => await setUserSetting('appearance.compact', !readSetting('appearance.compact')) },
]
