/// <reference types="vite/client" />

/** Monaco ships these grammars without types. */
declare module 'monaco-editor/languages/definitions/typescript/typescript' {
  export const language: { tokenizer: Record<string, unknown[]> }
}
