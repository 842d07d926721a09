const aliases: Record<string, string> = {
  'c++': 'cpp', cs: 'csharp', cts: 'typescript', dockerfile: 'docker', golang: 'go', htm: 'html', js: 'javascript', json5: 'json', jsonc: 'json', kt: 'kotlin', makefile: 'make', md: 'markdown', cjs: 'javascript', mjs: 'javascript',
  mts: 'typescript', patch: 'diff', ps1: 'powershell', py: 'python', rb: 'ruby', rs: 'rust', sh: 'bash', shell: 'bash', console: 'bash', svg: 'xml', ts: 'typescript', yml: 'yaml', zsh: 'bash',
}

const names: Record<string, string> = {
  bash: 'Shell', c: 'C', cpp: 'C++', csharp: 'C#', css: 'CSS', diff: 'Diff', docker: 'Dockerfile', go: 'Go', html: 'HTML', ini: 'INI', java: 'Java', javascript: 'JavaScript', json: 'JSON', jsx: 'JSX', kotlin: 'Kotlin', lua: 'Lua',
  make: 'Makefile', markdown: 'Markdown', php: 'PHP', powershell: 'PowerShell', python: 'Python', ruby: 'Ruby', rust: 'Rust', sql: 'SQL', swift: 'Swift', toml: 'TOML', tsx: 'TSX', typescript: 'TypeScript', xml: 'XML', yaml: 'YAML',
}

/** The grammar's name for what a model writes after a fence. */
export function languageId(written: string): string {
  return Object.hasOwn(aliases, written) ? (aliases[written] ?? written) : written
}

/** As a person writes it: `TypeScript` for `ts`; what is not known stays as it is written. */
export function languageName(written: string): string {
  const id = languageId(written)
  return (Object.hasOwn(names, id) ? names[id] : undefined) ?? (written === '' ? 'Text' : written)
}
