import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, type Locator, type Page } from '@playwright/test'
import { runCommand, test } from '../support/app-test.ts'
import { shownText } from '../support/window.ts'

const field = (page: Page): Locator => page.getByRole('textbox', { name: 'Question' })
const chips = (page: Page): Locator => page.getByRole('list', { name: 'Context' })
const questions = (page: Page): Locator => page.getByRole('region', { name: 'Question' })

async function ready(page: Page): Promise<void> {
  await expect(page.getByRole('meter', { name: 'Context used by the next question' })).toBeVisible({ timeout: 30_000 })
}

async function ask(page: Page, question: string): Promise<void> {
  const before = await questions(page).count()
  await field(page).fill(question)
  await page.keyboard.press('Enter')
  await expect(questions(page)).toHaveCount(before + 1)
  await expect(page.getByRole('article', { name: 'Answer' }).last()).toHaveAttribute('aria-busy', 'false', { timeout: 30_000 })
}

async function openSecret(page: Page): Promise<void> {
  await page.getByRole('treeitem', { name: /^\.env/ }).dblclick()
  await expect(page.locator('.monaco-editor.focused')).toBeVisible()
  await page.keyboard.press('Control+l')
}

/** Attachments of each question as the host tells them. */
function budgets(page: Page): () => { path: string; decision: string; tokens: number }[][] {
  const told: { path: string; decision: string; tokens: number }[][] = []
  page.on('websocket', socket =>
    socket.on('framereceived', frame => {
      const text = String(frame.payload)
      if (!text.includes('"questionId"')) return
      const found = /"attachments":(\[.*?\])/.exec(text)?.[1]
      if (found !== undefined) told.push(JSON.parse(found) as { path: string; decision: string; tokens: number }[])
    }),
  )
  return () => told
}

test('a question with .env in front leaves it out, and says so on the chip, on the question and in the list of files; ledger and audit log hold it', async ({ window: page, app }) => {
  await ready(page)
  await expect(page.getByRole('treeitem', { name: '.env, secret' })).toBeVisible()
  await openSecret(page)
  await expect(chips(page)).toContainText('.env')
  await expect(chips(page)).toContainText('secret, left out')
  await expect(page.getByRole('tab', { name: '.env' })).toHaveAttribute('aria-description', 'Secret by .env*, never read by AI')
  await ask(page, 'What is the key in .env?')
  const sent = questions(page).last().getByRole('list', { name: 'Sent along and left out' })
  await expect(sent).toContainText('.env, secret, left out')
  const headers = { authorization: `Bearer ${app.token}`, 'content-type': 'application/json' }
  const ledger = await fetch(`http://127.0.0.1:${app.port}/api/v1/ledger/list?limit=10&kind=context`, { headers })
  expect(await ledger.json()).toMatchObject({ entries: [{ who: 'chat', target: '.env', decision: 'refused', rule: 'label secret by .env*' }] })
  const audit = await fetch(`http://127.0.0.1:${app.port}/api/v1/audit/query`, { method: 'POST', headers, body: JSON.stringify({ kind: 'context.refuse' }) })
  expect(await audit.json()).toMatchObject({ entries: [{ actor: 'chat', outcome: 'refused', subject: '.env', details: { rule: '.env*' } }] })
  // And so do the panel's own lists of both.
  await runCommand(page, 'Open privacy')
  await expect(page.getByRole('listbox', { name: 'Ledger' }).getByRole('option').filter({ hasText: '.env' })).toContainText(/refused/i)
  await runCommand(page, 'Open the audit log')
  await expect(page.getByRole('listbox', { name: 'Entries of the audit log, newest first' }).getByRole('option').filter({ hasText: '.env' })).toContainText(/refuse/i)
})

test('a secret file goes along with one question by the person’s word, and not with the next', async ({ page, app }) => {
  const told = budgets(page)
  await page.goto(app.url)
  await ready(page)
  await openSecret(page)
  await chips(page).getByRole('button', { name: /^Send \.env with this question once/ }).click()
  const dialog = page.getByRole('dialog', { name: 'Send “.env” with this question?' })
  await expect(dialog).toContainText('labelled secret by .env*')
  await dialog.getByRole('button', { name: 'Send this once' }).click()
  await expect(chips(page)).toContainText('secret, sent this once')
  await ask(page, 'What is in it?')
  await expect(questions(page).last()).toContainText('secret, sent this once')
  await expect(chips(page)).toContainText('secret, left out')
  await ask(page, 'And now?')
  await expect(questions(page).last()).toContainText('secret, left out')
  await expect.poll(() => told().map(([first]) => first?.decision)).toEqual(['overridden', 'refused'])
  expect(told()[1]?.[0]?.tokens).toBe(0)
})

test('no suggestion is made in a secret file, and the status says why', async ({ window: page }) => {
  await ready(page)
  await page.getByRole('treeitem', { name: /^\.env/ }).dblclick()
  await expect(page.locator('.monaco-editor.focused')).toBeVisible()
  await page.keyboard.press('Control+End')
  await page.keyboard.type('SECOND_KEY=')
  await expect(page.getByRole('button', { name: /No suggestions: secret file \(\.env\*\)/ })).toBeVisible()
  await expect(page.locator('.monaco-editor .ghost-text')).toHaveCount(0)
})

test('the privacy page counts labels, lists the secret files with their rules and follows the rules as they change', async ({ window: page, app }) => {
  await runCommand(page, 'Open privacy')
  const section = page.getByRole('region', { name: 'This folder', exact: true })
  await expect(section).toContainText('Secret, kept from AI1 file')
  await section.getByRole('button', { name: 'Secret files' }).click()
  await expect(page.getByRole('dialog', { name: 'Secret files' }).getByRole('row', { name: /\.env .*environment variables/ })).toBeVisible()
  await page.keyboard.press('Escape')
  await section.getByRole('button', { name: 'Edit rules' }).click()
  await expect(page.locator('.monaco-editor.focused')).toBeVisible()
  await expect.poll(() => shownText(page)).toContain('"labels": {')
  const rules = join(app.folder ?? '', '.cortex', 'privacy.jsonc')
  writeFileSync(rules, '{ "labels": { "docs/": "secret" } }')
  await runCommand(page, 'Open privacy')
  await expect(section).toContainText(/Secret, kept from AI[3-9] files/)
  writeFileSync(rules, '{ "labels": ')
  await expect(section).toContainText('Every file counts as secret until the rules can be read.')
  await expect(section).toContainText('Internal, local models only0')
})
