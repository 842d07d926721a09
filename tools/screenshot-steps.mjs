import { join } from 'node:path'

export const pause = milliseconds => new Promise(done => setTimeout(done, milliseconds))

export async function settle(page) {
  await page.waitForLoadState('networkidle')
  await page.evaluate(async () => await document.fonts.ready)
  await pause(700)
}

export async function openFile(page, name) {
  await settle(page)
  await page.keyboard.press('Control+p')
  await page.keyboard.type(name)
  await page.getByRole('option', { name: new RegExp(name.replace('.', '\\.')) }).first().waitFor()
  await page.keyboard.press('Enter')
  await pause(1500)
}

export async function clickIntoEditor(page) {
  await page.locator('.monaco-editor .view-lines').first().click({ position: { x: 60, y: 40 } })
}

export async function typeForGhostText(page) {
  await openFile(page, 'smooth.ts')
  await waitForModel(page)
  await clickIntoEditor(page)
  await page.keyboard.press('Control+End')
  await page.keyboard.type('\nexport function sum(values: number[]): number {\n', { delay: 15 })
  await page.locator('.ghost-text-decoration, .ghost-text').first().waitFor()
  await pause(500)
}

/** The page alone, from its top, without a tooltip. */
export async function giveRoom(page) {
  for (const name of ['Explorer', 'Chat']) await page.getByRole('button', { name, exact: true }).and(page.locator('[aria-pressed=true], [aria-expanded=true]')).first().click({ timeout: 2000 }).catch(() => undefined)
  await page.getByRole('heading', { level: 1 }).last().evaluate(heading => heading.scrollIntoView({ block: 'end' }))
  await page.evaluate(() => document.activeElement?.blur())
  await page.mouse.move(700, 890)
  await pause(1500)
}

export async function openModels(page) {
  await settle(page)
  await waitForModel(page)
  await runCommand(page, 'Open models')
  await page.getByRole('table', { name: 'Catalogue' }).waitFor()
  await page.getByRole('region', { name: 'This machine' }).getByText('Memory speed').waitFor()
  await pause(1500)
}

/** A small real model from the folder that CORTEX_TEST_MODELS names. */
export async function addRealModel(page, file) {
  const folder = process.env.CORTEX_TEST_MODELS
  if (!folder) throw new Error('CORTEX_TEST_MODELS is not set')
  await page.getByRole('button', { name: 'A GGUF file by its path' }).click()
  await page.getByLabel('Absolute path').fill(join(folder, file))
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
}

export async function loadBeside(page, name) {
  await page.getByRole('table', { name: 'Models on this machine' }).getByRole('row', { name }).getByRole('button', { name: /^Actions for/ }).press('Enter')
  await page.getByRole('menuitem', { name: 'Load beside the others' }).press('Enter')
  await page.getByRole('heading', { level: 1, name: /2 models are ready/ }).waitFor({ timeout: 60_000 })
}

/** Until the status bar no longer says that the model is being read. */
export async function waitForModel(page) {
  await page.getByRole('contentinfo').getByText(/^Cortex Starter 8M$/).first().waitFor()
}

export async function askInChat(page, question) {
  await waitForModel(page)
  await page.keyboard.press('Control+l')
  const field = page.getByRole('textbox', { name: /ask|message|question/i }).last()
  await field.fill(question)
  await field.press('Enter')
  await page.getByRole('button', { name: /^Stop/ }).last().waitFor({ timeout: 3000 }).catch(() => undefined)
  await page.getByRole('button', { name: /^Send/ }).last().waitFor()
  await page.getByText(/tokens\/s/).last().waitFor()
  await pause(800)
}

export async function runCommand(page, title) {
  await page.keyboard.press('F1')
  await page.keyboard.type(title)
  await page.getByRole('option', { name: title }).first().waitFor()
  await page.keyboard.press('Enter')
  await pause(700)
}

export async function openTerminals(page) {
  await page.keyboard.press('Control+`')
  await page.locator('.xterm').first().waitFor()
  await pause(1200)
  await page.keyboard.type('ls src/track\n')
  await pause(600)
  await page.keyboard.press('Control+Shift+Digit5')
  await page.locator('.xterm').nth(1).waitFor()
  await pause(2500)
  await page.locator('.xterm').nth(1).click()
  await page.keyboard.type('head -5 data/ridge-loop.json\n')
  await pause(700)
}

export async function pressFor(page, keys) {
  await settle(page)
  await page.keyboard.press(keys)
  await pause(900)
}
