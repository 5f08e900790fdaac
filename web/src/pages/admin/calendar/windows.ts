/** Windows of a day as people type them: apart by blanks, commas or lines. */
export const asList = (typed: string): string[] =>
  typed
    .replace(/[：]/g, ':')
    .replace(/[–—~～至]/g, '-')
    .split(/[\s,，、;；]+/)
    .filter(Boolean)

export const asText = (windows: string[]): string => windows.join(' ')

/** As the header `If-Match` wants it. */
export const expected = (version: number) => ({ header: { 'if-match': `"${version}"` } })
