// Lays a .gz beside every text file of dist/, which the application sends where it is accepted.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { gzipSync } from 'node:zlib'

const TEXT = new Set(['.css', '.html', '.js', '.json', '.svg', '.mjs'])

function* files(folder) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    if (statSync(path).isDirectory()) yield* files(path)
    else yield path
  }
}

for (const path of files('dist')) {
  const content = readFileSync(path)
  if (TEXT.has(extname(path)) && content.length > 1024)
    writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }))
}
