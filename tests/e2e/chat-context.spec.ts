import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, type Locator, type Page } from '@playwright/test'
import { test } from '../support/app-test.ts'
import { findViolations } from '../support/find-violations.ts'
import { makeModel } from '../support/make-model.ts'
import { startApp } from '../support/start-app.ts'
import { openByName } from '../support/window.ts'

const field = (page: Page): Locator => page.getByRole('textbox', { name: 'Question' })
const meter = (page: Page): Locator => page.getByRole('meter', { name: 'Context used by the next question', exact: true })
const opener = (page: Page): Locator => page.getByRole('button', { name: /^Context: .* Show the parts$/ })
const answers = (page: Page): Locator => page.getByRole('article', { name: 'Answer' })

async function ready(page: Page): Promise<void> {
  await expect(meter(page)).toBeVisible({ timeout: 30_000 })
}

async function ask(page: Page, question: string, count: number): Promise<void> {
  await field(page).fill(question)
  await page.keyboard.press('Enter')
  await expect(answers(page)).toHaveCount(count)
  await expect(answers(page).last()).toHaveAttribute('aria-busy', 'false', { timeout: 60_000 })
}

/** Checks that what an open breakdown lists adds up, to the total and to the whole context, and gives its parts. */
async function expectSum(dialog: Locator, total: string): Promise<Map<string, number>> {
  // In one look: the counts of a question that is still measured change all at once.
  const { rows, bar } = await dialog.evaluate(element => ({
    rows: [...element.querySelectorAll('tbody tr')].map(row => [row.querySelector('th')?.textContent ?? '', row.querySelector('td')?.textContent ?? ''] as const),
    bar: ['now', 'max', 'text'].map(name => element.querySelector('[role=meter]')?.getAttribute(`aria-value${name}`) ?? ''),
  }))
  const parts = new Map(rows.map(([name, tokens]) => [name, Number(tokens.replaceAll(',', ''))]))
  const of = (name: string): number => parts.get(name) ?? Number.NaN
  const sent = ['System prompt', 'Files and selections', 'History', 'Tools', 'Question and template'].reduce((sum, name) => sum + of(name), 0)
  expect(sent).toBeGreaterThan(0)
  expect(of(total)).toBe(sent)
  expect(bar.slice(0, 2)).toEqual([sent, sent + of('Kept for the answer') + of('Free')].map(String))
  expect(bar[2]).toContain(`${sent.toLocaleString('en-US')} of `)
  return parts
}

test('the meter opens by keyboard to parts that add up, and each answer keeps its own', async ({ window: page }) => {
  await page.setViewportSize({ width: 1024, height: 640 })
  await openByName(page, 'cli.ts')
  await page.keyboard.press('Control+l')
  await ready(page)
  await expect(meter(page)).toHaveAttribute('aria-valuetext', /Files and selections [1-9]/)
  const without = await meter(page).getAttribute('aria-valuetext')
  await field(page).fill('What is this?')
  await expect(meter(page)).not.toHaveAttribute('aria-valuetext', without ?? '')
  await page.keyboard.press('Tab')
  await expect(opener(page)).toBeFocused()
  await page.keyboard.press('Enter')
  const ahead = page.getByRole('dialog', { name: 'Context used by the next question' })
  const parts = await expectSum(ahead, 'All that goes to the model')
  expect(parts.get('Files and selections')).toBeGreaterThan(0)
  expect(parts.get('History')).toBe(0)
  expect(await meter(page).first().getAttribute('aria-valuenow')).toBe(String(parts.get('All that goes to the model')))
  const box = await ahead.boundingBox()
  expect(box && box.x >= 0 && box.y >= 0 && box.x + box.width <= 1024 && box.y + box.height <= 640).toBe(true)
  expect(await findViolations(page)).toEqual([])
  await page.keyboard.press('Escape')
  await expect(ahead).toBeHidden()
  await expect(opener(page)).toBeFocused()

  await field(page).focus()
  await page.keyboard.press('Enter')
  await expect(answers(page)).toHaveCount(1)
  await expect(answers(page)).toHaveAttribute('aria-busy', 'false', { timeout: 60_000 })
  const used = page.getByRole('dialog', { name: 'Context used by this answer' })
  const show = async (): Promise<Map<string, number>> => {
    await answers(page).getByRole('button', { name: 'Context used' }).press('Enter')
    const those = await expectSum(used, 'All that went to the model')
    await page.keyboard.press('Escape')
    await expect(used).toBeHidden()
    return those
  }
  const kept = await show()
  expect([...kept.values()]).toEqual([...parts.values()])
  await page.reload()
  await page.getByRole('contentinfo').waitFor()
  await page.keyboard.press('Control+l')
  await ready(page)
  expect(await show()).toEqual(kept)
})

test('a question that is too long says by how much before it is sent', async ({ window: page }) => {
  await ready(page)
  await field(page).fill('every word of this counts '.repeat(3000))
  const over = page.getByRole('button', { name: /^Context: .* tokens, too long\. Show the parts$/ })
  await over.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Context used by the next question' })
  await expect(dialog).toContainText(/It is [\d,]{4,} tokens too long and would be refused/)
  await expect(dialog.getByRole('row', { name: /^Free 0 0 %$/ })).toBeVisible()
})

test('turns that no longer fit are named, before and after they are left out', async ({ page }, info) => {
  const path = join(info.outputDir, '..', `${info.testId}.gguf`)
  await makeModel({ path, contextLength: 1024 })
  const app = await startApp({ options: ['--model', path] })
  try {
    await page.goto(app.url)
    await ready(page)
    const filler = 'word '.repeat(400)
    await ask(page, `How do pelicans fish? ${filler}`, 1)
    await field(page).fill(`And herons? ${filler}`)
    const line = page.getByRole('button', { name: '2 older turns no longer fit and are left out' })
    await expect(line).toHaveCount(1)
    await ask(page, `And herons? ${filler}`, 2)
    await expect(answers(page).first().getByRole('button', { name: /older turns/ })).toHaveCount(0)

    await answers(page).last().getByRole('button', { name: '2 older turns no longer fit and are left out' }).press('Enter')
    const list = page.getByRole('dialog', { name: 'Turns that are left out' })
    await expect(list.getByRole('listitem')).toHaveCount(2)
    await expect(list.getByRole('listitem').first()).toContainText(/^Question\s*How do pelicans fish\? word/)
    expect(await findViolations(page)).toEqual([])
    await list.getByRole('button', { name: /pelicans/ }).press('Enter')
    await expect(list).toBeHidden()
    const question = page.getByRole('region', { name: 'Question' }).first()
    await expect(question).toBeFocused()
    await expect(question).toBeInViewport()

    await page.reload()
    await expect(answers(page).last().getByRole('button', { name: /2 older turns/ })).toBeVisible()
  } finally {
    await app.dispose()
    rmSync(path, { force: true })
  }
})
