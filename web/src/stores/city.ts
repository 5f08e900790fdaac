/** What this installation is: the city's name, its time zone, its base map. */
import { defineStore } from 'pinia'
import { ref } from 'vue'

import { api, ask, type Schemas } from '@/api/client'

export const useCity = defineStore('city', () => {
  const city = ref<Schemas['ConsoleOut'] | null>(null)

  async function load(): Promise<Schemas['ConsoleOut']> {
    city.value ??= await ask(api.GET('/api/v1/console'))
    return city.value
  }

  return { city, load }
})
