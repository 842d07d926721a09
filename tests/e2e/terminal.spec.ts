import { expect, type Locator, type Page } from '@playwright/test'
import { runCommand, test } from '../support/app-test.ts'
import { untilLayout } from '../support/window.ts'

/** The screen as a screen reader gets it: the terminal itself is drawn on a canvas. */
function screen(page: Page, index = 0): Locator {
  return page.locator('.xterm-accessibility-tree').nth(index)
}

async function openTerminal(page: Page): Promise<void> {
  await page.keyboard.press('Control+`')
  await expect(page.locator('.xterm-helper-textarea')).toBeFocused()
  await runCommand(page, 'Turn screen reader support in terminals on or off')
  await expect(page.locator('.xterm-helper-textarea')).toBeFocused()
  await expect(screen(page)).toContainText(/[$#] /)
  await type(page, 'PS1="> "; clear')
  await expect(screen(page)).toHaveText(/^\s*>\s*$/)
}

async function type(page: Page, line: string): Promise<void> {
  await page.keyboard.type(line)
  await page.keyboard.press('Enter')
}

const tabs = (page: Page): Locator => page.getByRole('tablist', { name: 'Terminals' }).getByRole('tab')

test('several terminals in tabs and splits, renamed and closed by keyboard', async ({ window: page }) => {
  await openTerminal(page)
  await type(page, 'echo first-$((40+2))')
  await expect(screen(page)).toContainText('first-42')

  await page.keyboard.press('Control+Shift+`')
  await expect(tabs(page)).toHaveCount(2)
  await expect(tabs(page).nth(1)).toHaveAttribute('aria-selected', 'true')
  await expect(page.locator('.xterm-helper-textarea')).toHaveCount(1)
  await expect(page.locator('.xterm-helper-textarea')).toBeFocused()
  await page.keyboard.press('Control+Shift+5')
  await expect(tabs(page)).toHaveCount(3)
  await expect(page.locator('.xterm-helper-textarea')).toHaveCount(2)
  await expect(page.locator('.xterm-helper-textarea').nth(1)).toBeFocused()
  await expect(tabs(page).nth(2)).toHaveAttribute('aria-selected', 'true')

  await runCommand(page, 'Rename terminal')
  await page.getByLabel('Name', { exact: true }).fill('dev server')
  await page.keyboard.press('Enter')
  await expect(tabs(page).nth(2)).toHaveText('dev server')
  await expect(tabs(page).nth(1)).toHaveText(/^\S+ 2$/)

  await tabs(page).nth(2).focus()
  await page.keyboard.press('Delete')
  await expect(tabs(page)).toHaveCount(2)
  await tabs(page).nth(1).focus()
  await page.keyboard.press('ArrowLeft')
  await expect(tabs(page).first()).toHaveAttribute('aria-selected', 'true')
  await expect(screen(page)).toContainText('first-42')
})

test('keys pressed before the terminal stands reach the shell', async ({ window: page }) => {
  await page.keyboard.press('Control+`')
  await page.keyboard.type('seq 700 702 > typed.txt; exit 7')
  await page.keyboard.press('Enter')
  await expect(page.getByText('ended with code 7.')).toBeVisible()
})

test('finds text, says how often, and gives the focus back', async ({ window: page }) => {
  await openTerminal(page)
  await type(page, 'seq 1 300')
  // The last lines and the prompt behind them: the command itself holds 300.
  await expect(screen(page)).toContainText(/299\s*300\s*>/)
  await page.keyboard.press('Control+f')
  await page.keyboard.type('29')
  // 29, 129, 229 and 290 to 299.
  await expect(page.getByRole('search')).toContainText('13 of 13')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('search')).toContainText('12 of 13')
  await page.keyboard.type('zzz')
  await expect(page.getByRole('search')).toContainText('none')
  await page.keyboard.press('Escape')
  await expect(page.locator('.xterm-helper-textarea')).toBeFocused()
})

test('tells the shell its size when the window changes', async ({ window: page }) => {
  await openTerminal(page)
  const columns = async (mark: string): Promise<number> => {
    await page.locator('.xterm-helper-textarea').focus()
    await type(page, `echo "${mark}=$(tput cols)="`)
    const answer = new RegExp(`${mark}=(\\d+)=`)
    await expect(screen(page)).toContainText(answer)
    return Number(answer.exec((await screen(page).textContent()) ?? '')?.[1])
  }
  const wide = await columns('before')
  await page.setViewportSize({ width: 1300, height: 800 })
  let narrow = wide
  let tries = 0
  await expect.poll(async () => (narrow = await columns(`after${(tries += 1)}`))).toBeLessThan(wide)
  expect(narrow).toBeGreaterThan(20)
})

test('a reload keeps the shell, its screen and the row of terminals', async ({ app, window: page }) => {
  await openTerminal(page)
  await type(page, 'KEPT=still-here; echo marker-$((1000+1))')
  await expect(screen(page)).toContainText('marker-1001')
  await page.keyboard.press('Control+Shift+5')
  await expect(tabs(page)).toHaveCount(2)
  // Both in one group, side by side.
  await untilLayout(app, /"groups":\[\["[^"\]]+","[^"\]]+"\]\]/)
  await page.reload()
  await expect(tabs(page)).toHaveCount(2)
  await expect(screen(page)).toContainText('marker-1001')
  await tabs(page).first().click()
  await type(page, 'echo "[$KEPT]"')
  await expect(screen(page)).toContainText('[still-here]')
})

test('Ctrl-C interrupts, and an ended shell says its code and starts again', async ({ window: page }) => {
  await openTerminal(page)
  await type(page, 'echo began-$((1+1)); sleep 60')
  await expect(screen(page)).toContainText('began-2')
  await page.keyboard.press('Control+c')
  await type(page, 'echo "after=$?"')
  await expect(screen(page)).toContainText('after=130')
  await type(page, 'exit 3')
  await expect(page.getByText('ended with code 3.')).toBeVisible()
  await page.getByRole('button', { name: 'Start again' }).click()
  await expect(page.getByText('ended with code 3.')).toBeHidden()
  await expect(tabs(page)).toHaveCount(1)
  await expect(screen(page)).toContainText(/[$#] /)
})

test('F6 leaves the terminal, and Tab stays with the shell', async ({ window: page }) => {
  await openTerminal(page)
  await expect(page.locator('.xterm-helper-textarea')).toHaveAttribute('aria-label', /F6 leaves it/)
  await page.keyboard.press('Tab')
  await expect(page.locator('.xterm-helper-textarea')).toBeFocused()
  await page.keyboard.press('F6')
  await expect(page.locator('.xterm-helper-textarea')).not.toBeFocused()
  await page.keyboard.press('Shift+F6')
  await expect(page.locator('.xterm-helper-textarea')).toBeFocused()
})

test('a paste of several lines asks once and never carries an escape', async ({ window: page }) => {
  await openTerminal(page)
  const paste = async (text: string): Promise<void> => {
    await page.evaluate(value => navigator.clipboard.writeText(value), text)
    await runCommand(page, 'Paste into terminal')
  }
  await paste('echo one-\u001b[201~$((1+1))')
  await expect(screen(page)).toContainText('echo one-[201~')
  await page.keyboard.press('Enter')
  await expect(screen(page)).toContainText('one-[201~2')
  await paste('echo two-$((2+2))\necho three-$((3+3))\n')
  const dialog = page.getByRole('dialog', { name: /Paste 2 lines/ })
  await expect(dialog).toBeVisible()
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await paste('echo two-$((2+2))\necho three-$((3+3))\n')
  await dialog.getByRole('button', { name: 'Paste', exact: true }).click()
  await expect(screen(page)).toContainText('echo three-')
  await page.keyboard.press('Enter')
  await expect(screen(page)).toContainText('three-6')
  await expect(screen(page)).toContainText('two-4')
})

test('S14 in the browser: questions of a program get no answer but DA and CPR, and the clipboard asks', async ({ window: page }) => {
  await openTerminal(page)
  // Its `read` takes single keys and a time limit, which that of a plain sh does not.
  await type(page, 'exec bash --norc --noprofile')
  const silent = String.raw`\033[21t\033[20t\033[14t\033[18t\033[?2004$p\033[5n\033P$qm\033\\\033[>q\033[x\033]10;?\007\033]4;1;?\007\033]52;c;?\007\033]0;owned\007\033]50;?\007\033]633;A\007\033[?1004h\033[?1004l`
  await type(page, `clear; printf '${silent}'; read -rs -t 1 -n 1 x; echo "silent=[$x]"`)
  await expect(screen(page)).toContainText('silent=[]')
  await type(page, String.raw`clear; printf '\033[c'; read -rs -t 2 -d c x; echo "da=[${'$'}{x#?}]"`)
  await expect(screen(page)).toContainText('da=[[?1;2]')
  await type(page, String.raw`clear; printf '\033[6n'; read -rs -t 2 -d R x; echo "cpr=[${'$'}{x#?}]"`)
  await expect(screen(page)).toContainText(/cpr=\[\[\d+;\d+\]/)
  expect(await page.title()).not.toContain('owned')

  await page.evaluate(() => navigator.clipboard.writeText('mine'))
  await type(page, String.raw`clear; printf '\033]52;c;%s\007' "$(printf stolen | base64)"`)
  const dialog = page.getByRole('dialog', { name: /copy to the clipboard/ })
  await expect(dialog).toContainText('stolen')
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('mine')
})

test('S14 a link opens after Ctrl and click and a second word, its whole address shown', async ({ window: page, context }) => {
  const opened: string[] = []
  await context.route('https://a.example/**', async route => {
    opened.push(route.request().url())
    await route.fulfill({ body: 'x' })
  })
  await openTerminal(page)
  await type(page, String.raw`clear; printf 'https://a.example/path\n\033]8;;javascript:alert(1)\007click\033]8;;\007\n'`)
  // What it prints, and not the command that holds the same words.
  await expect(screen(page)).toHaveText(/^\s*https:\/\/a\.example\/path\s*click\s*>\s*$/)
  const box = await page.locator('.xterm-screen').boundingBox()
  if (!box) throw new Error('the terminal is drawn')
  const rows = await screen(page).locator('> div').count()
  const at = (row: number): [number, number] => [box.x + 20, box.y + (row + 0.5) * (box.height / rows)]
  const dialog = page.getByRole('dialog', { name: 'Open this address outside Cortex?' })
  await page.mouse.move(...at(0), { steps: 4 })
  await page.mouse.click(...at(0))
  await expect(dialog).toBeHidden()
  await page.keyboard.down('Control')
  await page.mouse.move(...at(1), { steps: 4 })
  await page.mouse.click(...at(1))
  await expect(dialog).toBeHidden()
  await page.mouse.move(...at(0), { steps: 4 })
  await expect(page.locator('.terminal-host')).toHaveAttribute('title', /a\.example/)
  await page.mouse.click(...at(0))
  await page.keyboard.up('Control')
  await expect(dialog).toContainText('https://a.example/path')
  expect(opened).toEqual([])
  const popup = context.waitForEvent('page')
  await dialog.getByRole('button', { name: 'Open in browser' }).click()
  await popup
  await expect.poll(() => opened).toEqual(['https://a.example/path'])
})
