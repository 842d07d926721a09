/**
 * Text from the clipboard as it may go to a shell: no control characters but tab and line ends, so that nothing pasted can end the
 * bracket early or press keys of its own.
 */
export function cleanPaste(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  return text.replace(/\r\n?/g, '\n').replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '')
}

/** Lines that a paste would run one after the other; 1 for a plain piece, a line end at its close left out. */
export function pasteLines(text: string): number {
  return text.replace(/\n$/, '').split('\n').length
}

/** True where a paste should be asked about first. */
export function isRiskyPaste(text: string): boolean {
  return text.includes('\n')
}
