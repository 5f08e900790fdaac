/** Sending a form: busy while it is sent; what is wrong is kept, for its field or for the whole. */
import { computed, ref } from 'vue'

import { ProblemError } from '@/api/problem'

export function useForm(fields: string[], send: () => Promise<unknown>) {
  const busy = ref(false)
  const error = ref<unknown>(null)

  /** Whether it went well. */
  async function submit(): Promise<boolean> {
    if (busy.value) return false
    busy.value = true
    error.value = null
    try {
      await send()
      return true
    } catch (failed) {
      error.value = failed
      return false
    } finally {
      busy.value = false
    }
  }

  const errors = computed(() => (error.value instanceof ProblemError ? error.value.errors : []))
  const wrong = (field: string): string | undefined =>
    errors.value.find(({ pointer }) => first(pointer) === field)?.detail
  /** What no field shows. */
  const rest = computed(() =>
    errors.value.length > 0 && errors.value.every(({ pointer }) => fields.includes(first(pointer)))
      ? null
      : error.value,
  )
  const forget = () => (error.value = null)

  return { busy, rest, wrong, submit, forget }
}

/** The field of a pointer: `/scopes/0` lies in `scopes`. */
const first = (pointer: string | undefined): string => pointer?.split('/')[1] ?? ''
