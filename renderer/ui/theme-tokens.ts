export type ThemeName = 'dark' | 'light' | 'high-contrast'

const names = [
  'surface-0', 'surface-1', 'surface-2', 'overlay', 'line', 'control-line', 'text', 'muted', 'faint', 'accent', 'on-accent', 'accent-soft', 'warn', 'error', 'info',
  'hover', 'selected', 'selected-text', 'match', 'current-line', 'scroll-thumb', 'scroll-thumb-hover',
  'code-keyword', 'code-type', 'code-string', 'code-number', 'code-comment', 'code-added', 'code-removed',
  'ansi-black', 'ansi-red', 'ansi-green', 'ansi-yellow', 'ansi-blue', 'ansi-magenta', 'ansi-cyan', 'ansi-white',
  'ansi-bright-black', 'ansi-bright-red', 'ansi-bright-green', 'ansi-bright-yellow', 'ansi-bright-blue', 'ansi-bright-magenta', 'ansi-bright-cyan', 'ansi-bright-white',
] as const
export type TokenName = (typeof names)[number]

/** Every colour as `#rrggbb` or `#rrggbbaa`: what Monaco and xterm take. */
export type ThemeTokens = Record<TokenName, string> & { theme: ThemeName; isDark: boolean; monospaceFont: string }

const listeners = new Set<(tokens: ThemeTokens) => void>()

/** A computed colour, `rgb(1, 2, 3)` or `rgba(1, 2, 3, 0.5)`, as hex. */
export function hexColour(computed: string): string {
  const [red = 0, green = 0, blue = 0, alpha = 1] = computed.match(/[\d.]+/g)?.map(Number) ?? []
  const two = (part: number): string => Math.round(part).toString(16).padStart(2, '0')
  return `#${two(red)}${two(green)}${two(blue)}${alpha < 1 ? two(alpha * 255) : ''}`
}

/** The colours in force now. */
export function themeTokens(): ThemeTokens {
  // A minifier may write a colour in any form; as a computed colour it has one.
  const probe = document.createElement('span')
  document.documentElement.append(probe)
  const read = (name: TokenName): string => {
    probe.style.color = `var(--${name})`
    return hexColour(getComputedStyle(probe).color)
  }
  const theme = document.documentElement.dataset['theme'] as ThemeName // set only by setTheme and index.html
  const colours = Object.fromEntries(names.map(name => [name, read(name)])) as Record<TokenName, string> // one entry per name
  probe.remove()
  return { ...colours, theme, isDark: theme !== 'light', monospaceFont: "'JetBrains Mono Variable', ui-monospace, monospace" }
}

export function setTheme(theme: ThemeName): void {
  if (document.documentElement.dataset['theme'] === theme) return
  document.documentElement.dataset['theme'] = theme
  const tokens = themeTokens()
  for (const listener of listeners) listener(tokens)
}

/** Calls back after each change of theme; answers how to stop. */
export function onThemeChange(listener: (tokens: ThemeTokens) => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
