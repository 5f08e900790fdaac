import * as calendar from '@/pages/admin/words/calendar'
import * as catalog from '@/pages/admin/words/catalog'
import * as common from '@/pages/admin/words/common'
import * as grids from '@/pages/admin/words/grids'
import * as keys from '@/pages/admin/words/keys'
import * as ownership from '@/pages/admin/words/ownership'
import * as people from '@/pages/admin/words/people'
import * as permission from '@/pages/admin/words/permissions'
import * as posts from '@/pages/admin/words/posts'

const words = <L extends 'zh' | 'en'>(language: L) => ({
  ...common[language],
  calendar: calendar[language],
  catalog: catalog[language],
  grids: grids[language],
  keys: keys[language],
  ownership: ownership[language],
  people: people[language],
  permission: permission[language],
  posts: posts[language],
})

export const zh = words('zh')
export const en = words('en')
