import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, type Locator, type Page } from '@playwright/test'
import { runCommand, test as base } from '../support/app-test.ts'
import { makeModel } from '../support/make-model.ts'
import { startApp } from '../support/start-app.ts'
import { openByName } from '../support/window.ts'

const answers = (page: Page): Locator => page.getByRole('article', { name: 'Answer' })
const field = (page: Page): Locator => page.getByRole('textbox', { name: 'Question' })

async function ask(page: Page, question: string): Promise<void> {
  await field(page).fill(question)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('region', { name: 'Question' }).last()).toContainText(question)
}

async function ready(page: Page): Promise<void> {
  await expect(page.getByRole('meter', { name: 'Context used by the next question' })).toBeVisible({ timeout: 30_000 })
}

async function done(page: Page, count: number): Promise<void> {
  await expect(answers(page)).toHaveCount(count)
  await expect(answers(page).last()).toHaveAttribute('aria-busy', 'false', { timeout: 30_000 })
}

base('asks by keyboard, shows code with its language, copies, inserts and answers again', async ({ window: page }) => {
  await ready(page)
  await openByName(page, 'cli.ts')
  await page.keyboard.press('Control+l')
  await expect(field(page)).toBeFocused()
  await expect(page.getByRole('list', { name: 'Context' })).toContainText('cli.ts')
  await page.keyboard.type('Write a TypeScript function that reverses a string.')
  await page.keyboard.press('Enter')
  await done(page, 1)
  await expect(field(page)).toHaveValue('')
  const answer = answers(page).first()
  await expect(answer).toContainText(/tokens\/s/)
  const code = answer.getByRole('figure', { name: 'Code, TypeScript' }).first()
  await expect(code.locator('pre span[style]').first()).toBeVisible()

  await code.getByRole('button', { name: 'Copy' }).click()
  const clipboard = (): Promise<string> => page.evaluate(() => navigator.clipboard.readText())
  await expect.poll(clipboard).toContain('function')
  const copied = await clipboard()
  expect((await code.locator('pre').textContent())?.trim()).toBe(copied.trim())
  await code.getByRole('button', { name: 'Insert' }).click()
  await expect(page.getByRole('tab', { name: /cli\.ts/ })).toBeVisible()
  await expect(page.locator('.monaco-editor .view-lines').first()).toContainText('function')

  await answer.getByRole('button', { name: 'Copy answer' }).click()
  await expect.poll(async () => (await clipboard()).length).toBeGreaterThan(copied.length)
  await answer.getByRole('button', { name: 'Answer again' }).click()
  await done(page, 1)
  await expect(page.getByRole('region', { name: 'Question' })).toHaveCount(1)
})

base('context goes with the question only as long as the person leaves it', async ({ window: page }) => {
  await ready(page)
  await page.keyboard.press('Control+p')
  await page.keyboard.type('cli.ts')
  await page.getByRole('option', { name: 'cli.ts' }).first().waitFor()
  await page.keyboard.press('Enter')
  const chips = page.getByRole('list', { name: 'Context' })
  await expect(chips.getByRole('listitem').first()).toContainText(/cli\.ts.*\d+/)
  await page.getByRole('button', { name: /^Remove cli\.ts/ }).click()
  await expect(chips.getByText('cli.ts')).toBeHidden()
  await chips.getByRole('button', { name: 'Add context' }).click()
  await page.getByRole('menuitem', { name: /^Open file/ }).click()
  await expect(chips.getByText('cli.ts')).toBeVisible()
})

base('a whole file is its name alone, and a selection that is pinned at once is one chip', async ({ window: page }) => {
  await ready(page)
  await openByName(page, 'cli.ts')
  const chips = page.getByRole('list', { name: 'Context' }).getByRole('listitem')
  await expect(chips.first()).toHaveText(/^cli\.tsinternal[\d,]+$/)
  await page.keyboard.press('Control+Home')
  await page.keyboard.press('Shift+ArrowDown')
  await expect(chips.filter({ hasText: /line/ })).toHaveCount(1)
  await page.keyboard.press('Shift+ArrowDown')
  await page.keyboard.press('Control+Shift+L')
  await expect(field(page)).toBeFocused()
  // What the editor tells of its selection may be a frame older than what was pinned.
  await expect(chips.filter({ hasText: /line/ })).toHaveCount(1)
  await expect(chips.filter({ hasText: /line/ })).toHaveText(/lines 1–2/)
})

base('a question that does not fit is refused with counts and stays in the field', async ({ window: page }) => {
  await ready(page)
  const long = 'every word of this counts '.repeat(3000)
  await field(page).fill(long)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('alert').filter({ hasText: /tokens/ })).toContainText(/[\d,]{4,} tokens/)
  await expect(field(page)).toHaveValue(long)
  await expect(answers(page)).toHaveCount(0)
})

base('conversations are found, renamed, deleted, and kept over a reload and a restart', async ({ app, page, context }) => {
  void context
  await page.goto(app.url)
  await ready(page)
  await ask(page, 'What is a stack?')
  await done(page, 1)
  await runCommand(page, 'Start a new conversation')
  await expect(answers(page)).toHaveCount(0)
  await ask(page, 'What is a queue?')
  await done(page, 1)

  const history = page.getByRole('button', { name: 'Conversations' })
  await history.press('Enter')
  const list = page.getByRole('dialog', { name: 'Conversations' })
  await expect(list.getByRole('listitem')).toHaveCount(2)
  await page.keyboard.type('stack')
  await expect(list.getByRole('listitem')).toHaveCount(1)
  await list.getByRole('button', { name: /^Rename/ }).press('Enter')
  await page.getByLabel('Name', { exact: true }).fill('All about stacks')
  await page.keyboard.press('Enter')
  await expect(list.getByRole('listitem').filter({ hasText: 'All about stacks' })).toBeVisible()

  await field(page).fill('A thought that is not sent')
  await page.reload()
  await expect(answers(page)).toHaveCount(1)
  await expect(page.getByRole('region', { name: 'Question' })).toContainText('What is a queue?')
  await expect(field(page)).toHaveValue('A thought that is not sent')
  const inBrowser = await page.evaluate(() => JSON.stringify([{ ...sessionStorage }, { ...localStorage }]))
  expect(inBrowser).toContain('cortex.chat.')
  expect(inBrowser).not.toContain('thought')

  await app.stop()
  const again = await startApp({ home: app.home, folder: app.folder })
  try {
    await page.goto(again.url)
    await expect(page.getByRole('region', { name: 'Question' })).toContainText('What is a queue?')
    await expect(field(page)).toHaveValue('A thought that is not sent')
    await history.press('Enter')
    await list.getByRole('button', { name: 'All about stacks', exact: false }).first().click()
    await expect(page.getByRole('region', { name: 'Question' })).toContainText('What is a stack?')
    await expect(field(page)).toHaveValue('')
    await history.press('Enter')
    await list.getByRole('button', { name: 'Delete All about stacks' }).press('Enter')
    await page.getByRole('dialog', { name: /Delete/ }).getByRole('button', { name: 'Delete' }).click()
    await expect(answers(page)).toHaveCount(0)
    await history.press('Enter')
    await expect(list.getByRole('listitem')).toHaveCount(1)
  } finally {
    await again.stop()
  }
})

// Random weights write on and on, slowly: what they say is noise, when they stop is up to the person.
base.describe('a long answer', () => {
  base('streams, stops by Escape with its text kept, and goes on over a reload', async ({ page }, info) => {
    const path = join(info.outputDir, '..', `${info.testId}.gguf`)
    await makeModel({ path, layers: 6, width: 512, heads: 8, keyValueHeads: 4, feedForward: 2048, contextLength: 4096 })
    const app = await startApp({ options: ['--model', path] })
    try {
      await page.goto(app.url)
      await ready(page)
      await ask(page, 'Tell me everything')
      const answer = answers(page).last()
      const length = async (): Promise<number> => ((await answer.textContent()) ?? '').length
      await expect.poll(length, { timeout: 20_000 }).toBeGreaterThan(60)
      await expect(answer).toHaveAttribute('aria-busy', 'true')
      await expect(page.getByRole('button', { name: 'Stop' })).toBeVisible()

      await page.reload()
      await expect(answer).toHaveAttribute('aria-busy', 'true')
      const before = await length()
      expect(before).toBeGreaterThan(60)
      await expect.poll(length).toBeGreaterThan(before + 20)

      await field(page).focus()
      await page.keyboard.press('Escape')
      await expect(answer).toHaveAttribute('aria-busy', 'false')
      await expect(answer).toContainText('Stopped')
      const kept = await length()
      await page.waitForTimeout(500)
      expect(await length()).toBe(kept)
      await expect(page.getByRole('button', { name: 'Send' })).toBeVisible()
    } finally {
      await app.dispose()
      rmSync(path, { force: true })
    }
  })
})
