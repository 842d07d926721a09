import { expect, type Page } from '@playwright/test'
import { runCommand, test } from '../support/app-test.ts'
import { findViolations } from '../support/find-violations.ts'

async function openModels(page: Page): Promise<void> {
  await runCommand(page, 'Open models')
  await expect(page.getByRole('heading', { level: 1, name: '1 model is ready' })).toBeVisible({ timeout: 30_000 })
  await expect(page.getByRole('table', { name: 'Catalogue' })).toBeVisible({ timeout: 30_000 })
}

test('models are put side by side and measured there, by keyboard, and what was measured stays', async ({ window: page, app }) => {
  test.setTimeout(240_000)
  await page.setViewportSize({ width: 1024, height: 640 })
  await openModels(page)
  await page.getByRole('button', { name: 'Compare models' }).press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Compare models' })
  await expect(dialog.getByText('Add two models to see them side by side.')).toBeVisible()
  const choice = dialog.getByRole('combobox', { name: 'Model to compare' })
  const add = dialog.getByRole('button', { name: 'Add to the comparison' })
  await expect(add).toHaveAttribute('aria-disabled', 'true')
  await choice.selectOption({ label: 'Cortex Starter 8M, Q8_0' })
  await add.press('Enter')
  await expect(dialog.getByText('Add another to see them side by side.')).toBeVisible()
  const small = (await choice.getByRole('option', { name: /^SmolLM2.*135M.*Q4_K_M, not here$/ }).textContent()) ?? ''
  await choice.selectOption({ label: small })
  await add.press('Enter')
  const table = dialog.getByRole('table', { name: 'Compared models' })
  await expect(table.getByRole('columnheader')).toHaveText(['What is compared', 'Cortex Starter 8M, Q8_0', small.replace(', not here', '')])
  await expect(table.getByRole('rowheader', { name: 'On this machine' })).toBeVisible()
  await expect(table.getByRole('row', { name: /^Licence/ })).toContainText('Apache-2.0')
  await expect(table.getByRole('row', { name: /^Measured/ })).toContainText('not measured yet')
  await expect(table.getByRole('row', { name: /^Measured/ })).toContainText('not here')

  await table.getByRole('button', { name: 'Measure: Cortex Starter 8M, Q8_0' }).press('Enter')
  await expect(table.getByRole('progressbar', { name: 'Measuring Cortex Starter 8M' })).toBeVisible()
  // Closed meanwhile, it goes on, and can be cancelled from the page.
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  const loaded = page.getByRole('region', { name: 'Loaded' })
  await expect(loaded.getByRole('button', { name: 'Cancel measuring Cortex Starter 8M' }).or(loaded.getByText('Cortex Starter 8M is measured'))).toBeAttached()
  await page.getByRole('button', { name: 'Compare models' }).press('Enter')
  await expect(table.getByRole('button', { name: 'Measure again: Cortex Starter 8M, Q8_0' })).toBeVisible({ timeout: 120_000 })
  await expect(table.getByRole('row', { name: /^Writing, measured/ })).toContainText(/[\d.,]+ tokens\/s/)
  await expect(table.getByRole('row', { name: /^Measured/ })).toContainText(/F16 cache, processor, \d+ threads?/)
  const measured = (await table.getByRole('row', { name: /^Writing, measured/ }).textContent()) ?? ''

  // Where four are wider than the window the table scrolls in itself, by keyboard.
  for (const _ of [3, 4]) {
    await choice.selectOption({ index: 4 })
    await add.press('Enter')
  }
  await expect(table.getByRole('columnheader')).toHaveCount(5)
  await expect(dialog.getByText('At most 4: remove one to add another.')).toBeVisible()
  await expect(add).toHaveAttribute('aria-disabled', 'true')
  expect(await findViolations(page, '[role=dialog]')).toEqual([])
  await page.setViewportSize({ width: 760, height: 640 })
  const scroller = dialog.getByRole('region', { name: 'Compared models, scrolls' })
  await expect(scroller).toBeVisible()
  expect(await scroller.evaluate(element => element.scrollWidth > element.clientWidth)).toBe(true)
  expect(await dialog.evaluate(element => element.scrollWidth > element.clientWidth)).toBe(false)
  await scroller.focus()
  await page.keyboard.press('ArrowRight')
  await expect.poll(async () => await scroller.evaluate(element => element.scrollLeft)).toBeGreaterThan(0)
  await page.setViewportSize({ width: 1024, height: 640 })
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()

  // A fresh page reads from the host what was measured.
  await page.goto('about:blank')
  await page.goto(await app.mintUrl())
  await page.getByRole('contentinfo').waitFor()
  await openModels(page)
  await page.getByRole('button', { name: 'Actions for Cortex Starter 8M', exact: true }).press('Enter')
  await page.getByRole('menuitem', { name: 'Compare with others' }).press('Enter')
  await expect(dialog.getByRole('list', { name: 'Compared models' })).toContainText('Cortex Starter 8M')
  await choice.selectOption({ label: small })
  await add.press('Enter')
  await expect(table.getByRole('row', { name: /^Writing, measured/ })).toHaveText(measured)
  await dialog.getByRole('button', { name: `Remove ${small}` }).press('Enter')
  await expect(table).toBeHidden()
  await page.keyboard.press('Escape')
  await page.getByRole('table', { name: 'Models on this machine' }).getByRole('button', { name: 'Cortex Starter 8M', exact: true }).press('Enter')
  const details = page.getByRole('dialog', { name: 'Cortex Starter 8M' })
  await details.getByRole('tab', { name: 'Benchmark' }).click()
  await expect(details.getByRole('button', { name: 'Run it again' })).toBeVisible()
  await expect(details.getByText('Loaded with')).toBeVisible()
})
