import type { ITheme } from '@xterm/xterm'
import type { ThemeTokens } from '../../ui/theme-tokens.ts'

/** The terminal in the colours of the window: the editor's surface, the theme's sixteen. */
export function terminalTheme(tokens: ThemeTokens): ITheme {
  return {
    background: tokens['surface-2'],
    foreground: tokens.text,
    cursor: tokens.accent,
    cursorAccent: tokens['on-accent'],
    selectionBackground: tokens['selected-text'],
    selectionInactiveBackground: tokens['selected-text'],
    scrollbarSliderBackground: tokens['scroll-thumb'],
    scrollbarSliderHoverBackground: tokens['scroll-thumb-hover'],
    scrollbarSliderActiveBackground: tokens['scroll-thumb-hover'],
    overviewRulerBorder: tokens['surface-2'],
    black: tokens['ansi-black'],
    red: tokens['ansi-red'],
    green: tokens['ansi-green'],
    yellow: tokens['ansi-yellow'],
    blue: tokens['ansi-blue'],
    magenta: tokens['ansi-magenta'],
    cyan: tokens['ansi-cyan'],
    white: tokens['ansi-white'],
    brightBlack: tokens['ansi-bright-black'],
    brightRed: tokens['ansi-bright-red'],
    brightGreen: tokens['ansi-bright-green'],
    brightYellow: tokens['ansi-bright-yellow'],
    brightBlue: tokens['ansi-bright-blue'],
    brightMagenta: tokens['ansi-bright-magenta'],
    brightCyan: tokens['ansi-bright-cyan'],
    brightWhite: tokens['ansi-bright-white'],
  }
}

/** Programs choose colours for other backgrounds: text below this contrast is lifted to it. */
export function leastContrast({ theme }: Pick<ThemeTokens, 'theme'>): number {
  return theme === 'high-contrast' ? 7 : 4.5
}
