/** Files to and from the API. */
import { blob } from '@/api/client'

/** Fetch a file that only the signed-in may have, and hand it to the browser to keep. */
export async function download(path: string, name: string): Promise<void> {
  const url = URL.createObjectURL(await blob(path))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}

/** A form with a file; what is empty is left out. */
export function asForm(values: Record<string, unknown>): FormData {
  const form = new FormData()
  for (const [name, value] of Object.entries(values))
    if (value instanceof Blob) form.append(name, value)
    else if (value !== null && value !== undefined && value !== '') form.append(name, String(value))
  return form
}
