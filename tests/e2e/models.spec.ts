import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from '@playwright/test'
import { runCommand, test } from '../support/app-test.ts'

test('the starter is loaded at start, said to be tiny, and can be unloaded and loaded by keyboard', async ({ window: page }) => {
  const status = page.getByRole('contentinfo')
  await expect(status.getByTitle('Models')).toContainText('Cortex')
  await runCommand(page, 'Choose a model')
  const picker = page.getByRole('dialog', { name: 'Models' })
  await expect(picker.getByText('Tiny, comes with Cortex')).toBeVisible()
  await expect(picker.getByText(/Loaded: .*context of [\d,]+ tokens/)).toBeVisible({ timeout: 30_000 })
  await picker.getByRole('button', { name: 'Unload' }).press('Enter')
  await expect(status.getByTitle('Models')).toHaveText('No model')
  await picker.getByRole('button', { name: /^Load / }).press('Enter')
  await expect(picker.getByText(/Loaded: /)).toBeVisible({ timeout: 30_000 })
  await page.keyboard.press('Escape')
  await expect(picker).toBeHidden()
})

test('a file that is no model is refused in words, and the model that is loaded stays', async ({ window: page, app }) => {
  const bad = join(app.home, 'bad.gguf')
  writeFileSync(bad, 'This is not a model.')
  await runCommand(page, 'Choose a model')
  const picker = page.getByRole('dialog', { name: 'Models' })
  await expect(picker.getByText(/Loaded: /)).toBeVisible({ timeout: 30_000 })
  await picker.getByLabel('Add a GGUF file').fill(bad)
  await page.keyboard.press('Enter')
  await expect(picker.getByText(/is not a model/)).toBeVisible()
  await picker.getByLabel('Add a GGUF file').fill(join(app.home, 'nothing-here.gguf'))
  await page.keyboard.press('Enter')
  await expect(picker.getByText(/was not found/)).toBeVisible()
  await expect(picker.getByText(/Loaded: /)).toBeVisible()
})
