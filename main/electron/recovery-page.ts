import { desktopOrigin } from '#shared/port-handshake.ts'

export const startAddress = `${desktopOrigin}/index.html`
export const recoveryAddress = `${desktopOrigin}/recovery.html`

/** Shown when the page stopped twice within a minute. It holds no script: its one link is the only navigation that is ever allowed. */
export const recoveryPage = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Cortex</title>
<style>
  :root { color-scheme: dark light; font: 13px/1.5 Inter, system-ui, sans-serif; }
  body { margin: 0; min-height: 100vh; display: grid; place-content: center; background: light-dark(#f1f1ef, #0f1113); color: light-dark(#1b1d1f, #e7e9ea); }
  main { max-width: 440px; padding: 24px; }
  h1 { font-size: 20px; font-weight: 550; margin: 0 0 12px; }
  p { margin: 0 0 16px; color: light-dark(#5c636a, #9ba3ab); }
  a { display: inline-block; padding: 6px 12px; border-radius: 6px; background: light-dark(#0a7a58, #3fd0a0); color: light-dark(#ffffff, #06281d); text-decoration: none; font-weight: 550; }
  a:focus-visible { outline: 2px solid light-dark(#0a7a58, #3fd0a0); outline-offset: 2px; }
</style>
</head>
<body>
<main>
<h1>The window stopped twice</h1>
<p>The page that draws Cortex ended twice within a minute. Your files, unsaved text, conversations and terminals are kept by the host, which still runs. If this happens again, restart Cortex; the log says when and why the page ended.</p>
<a href="${startAddress}">Open the window again</a>
</main>
</body>
</html>
`
