/* Addresses of the pages. The viewer lies over the page it was opened from: its address is a child's. */
import { useSession } from '@/shared/stores/session'
import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'

const viewer = () => import('@/features/viewer/ViewerPage.vue')
const withViewer = (name: string): RouteRecordRaw[] => [
	{ path: 'photo/:photo(\\d+)', name: `${name}-photo`, component: viewer, meta: { over: name } },
]

export const routes: RouteRecordRaw[] = [
	{
		path: '/welcome',
		name: 'welcome',
		component: () => import('@/features/auth/WelcomePage.vue'),
		meta: { public: true },
	},
	{
		path: '/sign-in',
		name: 'sign-in',
		component: () => import('@/features/auth/SignInPage.vue'),
		meta: { public: true },
	},
	{
		path: '/',
		name: 'timeline',
		component: () => import('@/features/timeline/TimelinePage.vue'),
		children: withViewer('timeline'),
	},
	{ path: '/albums', name: 'albums', component: () => import('@/features/albums/AlbumsPage.vue') },
	{
		path: '/albums/smart/:class(people|animals|landscape|vehicles|buildings|none)',
		name: 'smart-album',
		component: () => import('@/features/albums/SmartAlbumPage.vue'),
		children: withViewer('smart-album'),
	},
	{
		path: '/albums/:album(\\d+)',
		name: 'album',
		component: () => import('@/features/albums/AlbumPage.vue'),
		children: withViewer('album'),
	},
	{
		path: '/albums/own/:own(\\d+)',
		name: 'own-class',
		component: () => import('@/features/classes/ClassPage.vue'),
		children: withViewer('own-class'),
	},
	{
		path: '/search',
		name: 'search',
		component: () => import('@/features/search/SearchPage.vue'),
		children: withViewer('search'),
	},
	{ path: '/people', name: 'people', component: () => import('@/features/people/PeoplePage.vue') },
	{ path: '/people/unknown', name: 'people-unknown', component: () => import('@/features/people/UnknownPage.vue') },
	{
		path: '/people/questions',
		name: 'people-questions',
		component: () => import('@/features/people/QuestionsPage.vue'),
	},
	{
		path: '/people/:person(\\d+)/faces',
		name: 'person-faces',
		component: () => import('@/features/people/FacesPage.vue'),
	},
	{
		path: '/people/:person(\\d+)',
		name: 'person',
		component: () => import('@/features/people/PersonPage.vue'),
		children: withViewer('person'),
	},
	{
		path: '/trash',
		name: 'trash',
		component: () => import('@/features/trash/TrashPage.vue'),
		children: withViewer('trash'),
	},
	{ path: '/upload', name: 'upload', component: () => import('@/features/upload/UploadPage.vue') },
	{
		path: '/activity',
		name: 'activity',
		component: () => import('@/features/jobs/ActivityPage.vue'),
		children: withViewer('activity'),
	},
	{ path: '/settings', name: 'settings', component: () => import('@/features/settings/SettingsPage.vue') },
	{ path: '/:rest(.*)*', name: 'nothing', component: () => import('./NothingPage.vue') },
]

export function makeRouter() {
	const router = createRouter({
		history: createWebHistory(),
		routes,
		scrollBehavior(to, from, saved) {
			// Opening and closing the viewer leaves the page beneath where it is.
			const base = (r: typeof to) => r.meta.over ?? r.name
			if (
				base(to) === base(from) &&
				to.params.album === from.params.album &&
				to.params.class === from.params.class &&
				to.params.own === from.params.own &&
				to.params.person === from.params.person
			) {
				return false
			}
			return saved ?? { top: 0 }
		},
	})
	router.beforeEach(async (to) => {
		const session = useSession()
		try {
			await session.load()
		} catch {
			// The server does not answer: the page says so itself when it asks for its data.
			return true
		}
		if (session.needsOwner) return to.name === 'welcome' || { name: 'welcome' }
		if (!session.me) {
			if (to.name === 'sign-in') return true
			return { name: 'sign-in', query: to.fullPath === '/' ? {} : { to: to.fullPath } }
		}
		return to.meta.public ? { name: 'timeline' } : true
	})
	return router
}
