/** Who is signed in and what they may do. */
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'

import { api, ask, type Schemas } from '@/api/client'
import * as tokens from '@/api/tokens'
import { language } from '@/i18n'
import { queries } from '@/queries'

export type Permission = Schemas['Permission']

export const useSession = defineStore('session', () => {
  const me = ref<Schemas['MeOut'] | null>(null)
  const permissions = computed(() => new Set<string>(me.value?.permissions))

  tokens.onEnd(() => {
    me.value = null
    queries.clear()
  })

  async function signIn(username: string, password: string): Promise<void> {
    await tokens.signIn(username, password, language())
    await load()
  }

  /** Read who is signed in, if a sign-in of before is still good. */
  async function load(): Promise<void> {
    if (tokens.signedIn()) me.value = await ask(api.GET('/api/v1/me'))
  }

  const may = (permission: Permission): boolean => permissions.value.has(permission)

  return { me, may, signIn, load, signOut: tokens.signOut }
})
