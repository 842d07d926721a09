import { expect, test, type Page } from '@playwright/test'
import { findViolations } from '../support/find-violations.ts'
import { openWindow } from '../support/open-page.ts'
import { startApp, type RunningApp } from '../support/start-app.ts'

let app: RunningApp
test.beforeAll(async () => {
  app = await startApp()
})
test.afterAll(async () => await app.dispose())

async function command(page: Page, words: string): Promise<void> {
  await page.keyboard.press('Control+Shift+P')
  await page.getByRole('combobox', { name: /command/i }).fill(`>${words}`)
  await page.keyboard.press('Enter')
}

/** The privacy page with something in its ledger. */
async function openPrivacy(page: Page): Promise<void> {
  await command(page, 'open privacy')
  await page.evaluate(() => void (new Image().src = 'https://img.example/x'))
  await expect(page.getByRole('listbox', { name: 'Ledger' })).toBeVisible()
  await expect(page.getByRole('heading', { level: 1, name: /this machine/ })).toBeFocused()
}

const views: readonly { name: string; open: (page: Page) => Promise<void> }[] = [
  { name: 'explorer, chat and the empty editor', open: async () => undefined },
  {
    name: 'an open file',
    open: async page => {
      await page.keyboard.press('Control+P')
      await page.getByRole('combobox').fill('cli.ts')
      await page.getByRole('option', { name: 'cli.ts' }).first().click()
      await expect(page.locator('.monaco-editor .view-line').first()).toBeVisible()
    },
  },
  {
    name: 'the terminal',
    open: async page => {
      // Not the toggle: the layout is kept, and an earlier theme may have left the panel open.
      await command(page, 'go to terminal')
      await expect(page.locator('.xterm')).toBeVisible()
    },
  },
  { name: 'the log below', open: async page => await page.keyboard.press('Control+Shift+U') },
  { name: 'the settings', open: async page => await page.keyboard.press('Control+,') },
  { name: 'a settings file', open: async page => await command(page, 'edit your settings as json') },
  { name: 'the log in a tab', open: async page => await command(page, 'open the log in a tab') },
  { name: 'the welcome page', open: async page => await command(page, 'welcome') },
  { name: 'the privacy popover', open: async page => await command(page, 'enforced about privacy') },
  { name: 'the palette', open: async page => await page.keyboard.press('Control+Shift+P') },
  { name: 'the folder picker', open: async page => await page.keyboard.press('Control+O') },
]

const themeCommands = { dark: 'use the dark theme', light: 'use the light theme', 'high-contrast': 'use the high contrast theme' } as const
const themes = ['dark', 'light', 'high-contrast'] as const

async function openInTheme(page: Page, theme: (typeof themes)[number]): Promise<void> {
  await openWindow(page, app)
  await command(page, themeCommands[theme])
  await expect(page.locator('html')).toHaveAttribute('data-theme', theme)
}

for (const theme of themes) {
  test(`axe finds nothing in any view, ${theme}`, async ({ page }) => {
    test.setTimeout(240_000)
    await openInTheme(page, theme)
    const found: Record<string, string[]> = {}
    for (const view of views) {
      await view.open(page)
      const list = await findViolations(page)
      if (list.length > 0) found[view.name] = list
      await page.keyboard.press('Escape')
    }
    expect(found).toEqual({})
  })
}

// The frame around it is looked at above: an analysis of the whole window for each of many views in one test takes minutes on a busy machine.
test('axe finds nothing in the privacy page, full, narrow and with an entry chosen', async ({ page }) => {
  test.setTimeout(240_000)
  const found: Record<string, string[]> = {}
  for (const theme of themes) {
    await openInTheme(page, theme)
    await openPrivacy(page)
    await page.getByRole('listbox', { name: 'Ledger' }).press('Home')
    await expect(page.getByRole('option', { name: /img\.example/, selected: true })).toBeVisible()
    await expect(page.getByRole('table', { name: 'Processes' }).getByRole('columnheader', { name: 'Refused today' })).toBeVisible()
    await expect(page.getByRole('button', { name: 'Secret files' })).toBeEnabled()
    await page.setViewportSize(theme === 'light' ? { width: 1024, height: 640 } : { width: 1440, height: 900 })
    const list = await findViolations(page, '[data-region="editor"]')
    if (list.length > 0) found[theme] = list
  }
  expect(found).toEqual({})
})

test('by keyboard alone: find a file, change a setting, read the log, and always see where focus is', async ({ page }) => {
  await openWindow(page, app)
  const ring = (): Promise<string> => page.evaluate(() => (document.activeElement ? getComputedStyle(document.activeElement).outlineStyle : 'none'))
  const unseen: string[] = []
  for (let step = 0; step < 25; step += 1) {
    await page.keyboard.press('Tab')
    const [style, name] = [await ring(), await page.evaluate(() => `${document.activeElement?.tagName} ${document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent?.slice(0, 30)}`)]
    const hasOwnMark = await page.evaluate(() => document.activeElement?.matches('[role=separator], body, textarea, [role=tree], [role=tree] *') ?? true)
    if (style === 'none' && !hasOwnMark) unseen.push(name)
  }
  expect(unseen).toEqual([])

  await page.keyboard.press('Control+,')
  await page.keyboard.press('F6')
  await command(page, 'go to chat')
  await expect(page.getByRole('complementary', { name: 'Chat' }).getByRole('textbox')).toBeFocused()
  await command(page, 'show the log below')
  await expect(page.getByRole('tab', { name: 'Output' })).toHaveAttribute('aria-selected', 'true')
})

test('the keyboard goes through the privacy page in the order of reading', async ({ page }) => {
  await openWindow(page, app)
  await openPrivacy(page)
  await expect(page.getByRole('heading', { name: /this machine/ })).toBeFocused()
  const sections: string[] = []
  for (let step = 0; step < 40; step += 1) {
    await page.keyboard.press('Tab')
    const [section, control] = await page.evaluate(() => {
      const focused = document.activeElement
      return [focused?.closest('section')?.querySelector('h2')?.textContent ?? '', focused?.textContent ?? '']
    })
    if (section !== sections.at(-1)) sections.push(section)
    if (control === 'Erase everything') break
  }
  expect(sections).toEqual(['', 'Mode', 'Ledger', 'Kept here, encrypted', 'Key', 'Audit log', 'This folder', 'Secrets', ''])
})
