import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { at, runTool } from './project.mjs'

// node tools/icons.mjs: draws resources/icons/icon.svg in every size, and packs the PNG files as .ico and .icns.
const folder = at('resources', 'icons')
const sizes = [16, 24, 32, 48, 64, 128, 256, 512, 1024]

await runTool(async () => {
  const images = await draw(readFileSync(join(folder, 'icon.svg'), 'utf8'))
  mkdirSync(join(folder, 'png'), { recursive: true })
  for (const [size, png] of images) writeFileSync(join(folder, 'png', `${size}x${size}.png`), png)
  writeFileSync(join(folder, 'icon.ico'), packIco(images))
  writeFileSync(join(folder, 'icon.icns'), packIcns(images))
})

async function draw(svg) {
  const browser = await chromium.launch({ executablePath: process.env.CORTEX_CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] })
  const page = await browser.newPage()
  const images = new Map()
  for (const size of sizes) {
    await page.setViewportSize({ width: size, height: size })
    // Small sizes leave the margin out, or the mark would be a few pixels wide.
    const view = size <= 32 ? '64 64 896 896' : '0 0 1024 1024'
    await page.setContent(`<style>html,body{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${svg.replace('0 0 1024 1024', view)}`)
    images.set(size, await page.screenshot({ omitBackground: true }))
  }
  await browser.close()
  return images
}

/** ICO: a table of sizes and offsets, then the PNG files as they are. */
export function packIco(images) {
  const entries = [...images].filter(([size]) => size <= 256)
  const header = Buffer.alloc(6 + 16 * entries.length)
  header.writeUInt16LE(1, 2)
  header.writeUInt16LE(entries.length, 4)
  let offset = header.length
  entries.forEach(([size, png], index) => {
    const at = 6 + 16 * index
    header.writeUInt8(size % 256, at)
    header.writeUInt8(size % 256, at + 1)
    header.writeUInt16LE(1, at + 4)
    header.writeUInt16LE(32, at + 6)
    header.writeUInt32LE(png.length, at + 8)
    header.writeUInt32LE(offset, at + 12)
    offset += png.length
  })
  return Buffer.concat([header, ...entries.map(([, png]) => png)])
}

/** ICNS: chunks of a four-letter type, a length and a PNG. */
export function packIcns(images) {
  const types = [['icp4', 16], ['icp5', 32], ['ic07', 128], ['ic08', 256], ['ic09', 512], ['ic10', 1024], ['ic11', 32], ['ic12', 64], ['ic13', 256], ['ic14', 512]]
  const chunks = types.map(([type, size]) => {
    const png = images.get(size)
    const header = Buffer.alloc(8)
    header.write(type, 0, 'ascii')
    header.writeUInt32BE(png.length + 8, 4)
    return Buffer.concat([header, png])
  })
  const header = Buffer.alloc(8)
  header.write('icns', 0, 'ascii')
  header.writeUInt32BE(8 + chunks.reduce((sum, chunk) => sum + chunk.length, 0), 4)
  return Buffer.concat([header, ...chunks])
}
