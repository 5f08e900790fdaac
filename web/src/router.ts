import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'

import { i18n } from '@/i18n'
import { useCity } from '@/stores/city'
import { useSession, type Permission } from '@/stores/session'

declare module 'vue-router' {
  interface RouteMeta {
    /** The key of its title in the messages. */
    title?: string
    /** Whoever lacks it does not see the page. */
    permission?: Permission
    open?: boolean
  }
}

type Page = () => Promise<unknown>

/** The pages of administration, in the order of their menu. */
export const ADMIN: [path: string, permission: Permission, page: Page][] = [
  ['people', 'people:read', () => import('@/pages/admin/PeoplePage.vue')],
  ['posts', 'people:read', () => import('@/pages/admin/PostsPage.vue')],
  ['grids', 'grid:read', () => import('@/pages/admin/GridsPage.vue')],
  ['catalog', 'catalog:read', () => import('@/pages/admin/CatalogPage.vue')],
  ['calendar', 'catalog:read', () => import('@/pages/admin/CalendarPage.vue')],
  ['ownership', 'people:read', () => import('@/pages/admin/OwnershipPage.vue')],
  ['keys', 'key:manage', () => import('@/pages/admin/KeysPage.vue')],
]

const inside: RouteRecordRaw[] = [
  { path: '', redirect: '/queues' },
  {
    path: 'queues/:queue?',
    name: 'queue',
    component: () => import('@/pages/queue/QueuePage.vue'),
    meta: { title: 'nav.queues', permission: 'incident:read' },
  },
  {
    path: 'cases/:id',
    name: 'case',
    component: () => import('@/pages/case/CasePage.vue'),
    meta: { title: 'nav.case', permission: 'incident:read' },
  },
  {
    path: 'call',
    name: 'call',
    component: () => import('@/pages/call/CallPage.vue'),
    meta: { title: 'nav.call', permission: 'incident:report' },
  },
  {
    path: 'map',
    name: 'map',
    component: () => import('@/pages/map/MapPage.vue'),
    meta: { title: 'nav.map', permission: 'grid:read' },
  },
  {
    path: 'admin',
    component: () => import('@/pages/admin/AdminPage.vue'),
    meta: { title: 'nav.admin' },
    children: [
      { path: '', redirect: '/admin/people' },
      ...ADMIN.map(([path, permission, component]): RouteRecordRaw => ({
        path,
        component,
        meta: { title: `nav.${path}`, permission },
      })),
    ],
  },
]

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    {
      path: '/login',
      name: 'login',
      component: () => import('@/pages/LoginPage.vue'),
      meta: { title: 'nav.login', open: true },
    },
    {
      path: '/screen',
      name: 'screen',
      component: () => import('@/pages/screen/ScreenPage.vue'),
      meta: { title: 'nav.screen', permission: 'statistics:read' },
    },
    { path: '/', component: () => import('@/layout/Shell.vue'), children: inside },
    {
      path: '/:rest(.*)*',
      component: () => import('@/pages/AbsentPage.vue'),
      meta: { open: true },
    },
  ],
})

router.beforeEach(async (to) => {
  const session = useSession()
  if (!session.me) await session.load().catch(() => undefined)
  if (!to.meta.open && !session.me) return { name: 'login', query: { to: to.fullPath } }
  return true
})

router.afterEach((to) => {
  const { t } = i18n.global
  const name = useCity().city?.name ?? t('app.name')
  document.title = to.meta.title ? `${t(to.meta.title)} · ${name}` : name
})
