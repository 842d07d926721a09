import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { addRealModel, askInChat, clickIntoEditor, giveRoom, loadBeside, openFile, openModels, openTerminals, pause, pressFor, runCommand, settle, typeForGhostText, waitForModel } from './screenshot-steps.mjs'
import { startSlowRegistry } from './slow-registry.mjs'

const both = ['small', 'contrast']

/** Every view and how it is reached. `also`: taken in a small window and in high contrast too. */
export const scenes = [
  { name: 'welcome', isWelcome: true, also: both, run: async page => await settle(page) },
  {
    name: 'folder-picker',
    isWelcome: true,
    also: ['small'],
    run: async page => {
      await settle(page)
      await page.keyboard.press('Control+o')
      await page.getByRole('dialog').waitFor()
      await pause(400)
    },
  },
  {
    name: 'window',
    also: both,
    settings: { 'chat.includeOpenFile': false },
    run: async page => {
      await openFile(page, 'smooth.ts')
      await openTerminals(page)
      await clickIntoEditor(page)
      await askInChat(page, 'Write a TypeScript function that reverses a string.')
      await clickIntoEditor(page)
    },
  },
  { name: 'editor-ghost-text', also: ['small'], run: async page => await typeForGhostText(page) },
  {
    name: 'explorer-menu',
    also: both,
    run: async page => {
      await openFile(page, 'parse-track.ts')
      await page.getByRole('treeitem', { name: /README/ }).click({ button: 'right' })
      await page.getByRole('menu').waitFor()
    },
  },
  {
    name: 'quick-open',
    run: async page => {
      await settle(page)
      await page.keyboard.press('Control+p')
      await page.keyboard.type('track')
      await pause(900)
    },
  },
  {
    name: 'palette',
    also: both,
    run: async page => {
      await settle(page)
      await page.keyboard.press('Control+Shift+P')
      await pause(500)
    },
  },
  {
    name: 'chat',
    also: both,
    settings: { 'chat.includeOpenFile': false },
    run: async page => {
      await openFile(page, 'distance.ts')
      await askInChat(page, 'Write a TypeScript function that reverses a string.')
      await clickIntoEditor(page)
      await page.keyboard.press('Control+End')
      for (let line = 0; line < 4; line++) await page.keyboard.press('Shift+ArrowUp')
      await pause(600)
      await page.keyboard.press('Control+Shift+L')
      await pause(900)
    },
  },
  {
    name: 'conversations',
    run: async page => {
      await settle(page)
      await askInChat(page, 'How do I sum an array in TypeScript?')
      await page.getByRole('button', { name: /conversations/i }).first().click()
      await pause(400)
    },
  },
  {
    name: 'terminal',
    also: both,
    run: async page => {
      await openFile(page, 'README.md')
      await openTerminals(page)
    },
  },
  { name: 'settings', also: both, run: async page => await pressFor(page, 'Control+,') },
  {
    name: 'log',
    run: async page => {
      await settle(page)
      await waitForModel(page)
      await pressFor(page, 'Control+Shift+U')
    },
  },
  {
    name: 'models',
    also: ['small'],
    run: async page => {
      await settle(page)
      await waitForModel(page)
      await page.getByRole('contentinfo').getByRole('button', { name: /model|starter/i }).first().click()
      await pause(600)
    },
  },
  { name: 'models-page', also: both, run: async page => await openModels(page) },
  {
    name: 'models-page-empty',
    also: both,
    run: async page => {
      await openModels(page)
      await page.getByRole('button', { name: 'Unload Cortex Starter 8M' }).click()
      await page.getByRole('heading', { level: 1, name: 'No model is loaded' }).waitFor()
      await pause(1500)
    },
  },
  {
    name: 'models-page-downloading',
    also: ['small'],
    prepare: async () => {
      const registry = await startSlowRegistry(491_400_064)
      return { settings: { 'models.registry': registry.url }, stop: registry.stop }
    },
    run: async page => {
      await openModels(page)
      await page.getByLabel('Search the catalogue').fill('qwen2.5 coder 0.5b')
      await page.getByRole('table', { name: 'Catalogue' }).getByRole('button', { name: /^Download / }).first().click()
      await page.getByRole('button', { name: 'Allow and download' }).click()
      await page.getByRole('list', { name: 'Downloads' }).getByText(/left/).waitFor()
      await page.getByLabel('Search the catalogue').fill('')
      await pause(1500)
    },
  },
  {
    name: 'models-page-grant',
    run: async page => {
      await openModels(page)
      await page.getByRole('table', { name: 'Catalogue' }).getByRole('button', { name: /^Download / }).first().click()
      await page.getByRole('list', { name: 'Hosts to allow' }).waitFor()
      await pause(400)
    },
  },
  {
    name: 'models-page-loaded',
    also: both,
    run: async page => {
      await openModels(page)
      await addRealModel(page, 'smollm2-135m-instruct-q4_1.gguf')
      await loadBeside(page, /SmolLM2/i)
      await page.getByRole('switch', { name: 'Server for other programs' }).click()
      await giveRoom(page)
    },
  },
  {
    name: 'models-page-three',
    also: both,
    run: async page => {
      await openModels(page)
      await addRealModel(page, 'smollm2-135m-instruct-q4_1.gguf')
      await addRealModel(page, 'all-minilm-l6-v2-q8_0.gguf')
      await loadBeside(page, /SmolLM2/i)
      await page.getByRole('table', { name: 'Models on this machine' }).getByRole('button', { name: /^Load .*minilm/i }).click()
      await page.getByRole('heading', { level: 1, name: '3 models are ready' }).waitFor({ timeout: 60_000 })
      await page.getByRole('combobox', { name: 'Completion' }).selectOption({ index: 1 })
      await askInChat(page, 'Write a TypeScript function that reverses a string.')
      await giveRoom(page)
    },
  },
  {
    name: 'models-page-failing',
    also: ['small'],
    settings: { 'model.path': '/models/not-there.gguf' },
    run: async page => {
      await settle(page)
      await runCommand(page, 'Open models')
      await page.getByRole('alert').first().waitFor()
      await pause(1500)
    },
  },
  {
    name: 'models-page-options',
    also: ['small'],
    run: async page => {
      await openModels(page)
      await page.getByRole('table', { name: 'Models on this machine' }).getByRole('button', { name: 'Cortex Starter 8M', exact: true }).click()
      await page.getByRole('tab', { name: 'Load options' }).click()
      await page.getByText('It fits.').waitFor()
      await pause(600)
    },
  },
  {
    name: 'models-page-preset',
    also: ['small'],
    run: async page => {
      await openModels(page)
      await page.getByRole('button', { name: 'New sampling preset' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel('Name').fill('For tests')
      await dialog.getByLabel('Top-p').fill('1.5')
      await dialog.getByRole('button', { name: 'Save' }).click()
      await pause(400)
    },
  },
  {
    name: 'models-page-locked',
    also: both,
    settings: { 'model.loadAtStart': false },
    run: async page => {
      await settle(page)
      await runCommand(page, 'Open privacy')
      await page.getByRole('button', { name: 'Protect' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('button', { name: 'Set passphrase' }).click()
      for (const label of ['New passphrase', 'Once more']) await dialog.getByLabel(label).fill('four words of nonsense')
      await dialog.getByRole('button', { name: 'Set', exact: true }).click()
      await dialog.getByRole('button', { name: 'Change passphrase' }).waitFor()
      await page.keyboard.press('Escape')
      await runCommand(page, 'Lock the vault')
      await page.getByRole('button', { name: 'Work without history' }).click()
      await runCommand(page, 'Open models')
      await page.getByRole('table', { name: 'Catalogue' }).waitFor()
      await page.getByText('Presets that you saved are in it').waitFor()
      await pause(1500)
    },
  },
  {
    name: 'models-page-quarantine',
    also: ['small'],
    prepare: async () => {
      const registry = await startSlowRegistry(65_536)
      return { settings: { 'models.registry': registry.url }, stop: registry.stop }
    },
    run: async page => {
      await openModels(page)
      await page.getByRole('button', { name: 'From a repository or address' }).click()
      await page.getByLabel('Repository, file in it, or address').fill('maker/a-model-with-quite-a-long-name-7b-instruct/model.gguf')
      await page.keyboard.press('Enter')
      await page.getByRole('button', { name: 'Allow and download' }).click()
      await page.getByRole('list', { name: 'Downloads' }).getByText('is not the file that it should be').waitFor()
      await giveRoom(page)
    },
  },
  {
    name: 'models-page-facts',
    run: async page => {
      await openModels(page)
      await page.getByRole('table', { name: 'Models on this machine' }).getByRole('button', { name: 'Cortex Starter 8M', exact: true }).click()
      await page.getByText('Attention heads').waitFor()
      await pause(600)
    },
  },
  {
    name: 'models-page-compare',
    also: both,
    run: async page => {
      await openModels(page)
      await page.getByRole('button', { name: 'Compare models' }).click()
      const dialog = page.getByRole('dialog', { name: 'Compare models' })
      for (const label of ['Cortex Starter 8M, Q8_0', 'SmolLM2 135M Instruct, Q4_K_M, not here', 'Qwen2.5 Coder 7B Instruct, Q4_K_M, not here']) {
        await dialog.getByRole('combobox', { name: 'Model to compare' }).selectOption({ label })
        await dialog.getByRole('button', { name: 'Add to the comparison' }).click()
      }
      await dialog.getByRole('button', { name: /^Measure: / }).click()
      await dialog.getByRole('button', { name: /^Measure again: / }).waitFor()
      await pause(600)
    },
  },
  {
    name: 'privacy',
    also: both,
    run: async page => {
      await settle(page)
      await waitForModel(page)
      await runCommand(page, 'Open privacy')
      await page.getByRole('button', { name: 'Run self-test' }).click()
      await page.getByRole('dialog', { name: 'Self-test' }).waitFor({ timeout: 60_000 })
      await page.keyboard.press('Escape')
      await page.getByRole('treeitem', { name: /^\.env/ }).dblclick()
      await askInChat(page, 'What is the key in .env?')
      // What an answer could hold: a picture from elsewhere.
      await page.evaluate(() => void (new Image().src = 'https://img.example/picture'))
      await runCommand(page, 'Open privacy')
      await page.getByRole('option', { name: /img\.example/ }).waitFor()
      for (const name of ['Explorer', 'Chat']) await page.getByRole('button', { name, exact: true }).and(page.locator('[aria-pressed=true], [aria-expanded=true]')).first().click().catch(() => undefined)
      await page.getByRole('heading', { name: /this machine/ }).evaluate(heading => heading.scrollIntoView({ block: 'center' }))
      await pause(500)
    },
  },
  {
    name: 'conflict',
    run: async (page, { folder }) => {
      await openFile(page, 'smooth.ts')
      await clickIntoEditor(page)
      await page.keyboard.press('Control+End')
      await page.keyboard.type('\n// A wider window loses the short ramps.\n')
      await page.keyboard.press('Escape')
      await pause(600)
      appendFileSync(join(folder, 'src/track/smooth.ts'), '\n// Changed by another program.\n')
      await pause(1800)
    },
  },
  {
    name: 'error-binary',
    run: async (page, { folder }) => {
      writeFileSync(join(folder, 'data', 'profile.png'), Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 13, 0, 0, 0, 0]))
      await openFile(page, 'profile.png')
    },
  },
  {
    name: 'error-model',
    settings: { 'model.path': '/models/not-there.gguf' },
    run: async page => {
      await openFile(page, 'distance.ts')
      await page.getByRole('textbox', { name: /ask|message|question/i }).last().fill('What does this function return?')
      await pause(500)
      await page.keyboard.press('Enter')
      await pause(1500)
    },
  },
]
