/* Every page by desktop and phone, light and dark, English and Chinese: no sideways scrolling, no finding of axe; the
 * pictures lie in screenshots/ for whoever wants to look. TINTYPE_PHOTOS names a folder of photos to take instead of
 * drawn ones. */
import type { APIRequestContext } from '@playwright/test'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { allDeveloped, axe, expect, test, upload } from '../support/test'

test.use({ library: 'look' })

/** Name, address, what is there when the page is ready. */
const pages = [
	['timeline', '/', '[data-photo] img.loaded'],
	['albums', '/albums', '.album img'],
	['own-class', '/albums/own/1', '[data-photo] img.loaded'],
	['smart', '/albums/smart/landscape', '[data-photo] img.loaded'],
	['album', '/albums/1', '[data-photo] img.loaded'],
	['search-start', '/search', '.examples'],
	['search', '/search?q=2024', '[data-photo] img.loaded'],
	['people', '/people', '.card-of img'],
	['people-unknown', '/people/unknown', '.faces img'],
	['people-questions', '/people/questions', '.pair img'],
	['upload', '/upload', '.drop'],
	['activity', '/activity', '.headline'],
	['trash', '/trash', '[data-photo] img.loaded'],
	['settings', '/settings', '[aria-label] dl dd'],
	['nothing', '/no-such-page', '.empty'],
] as const
const looks = [
	{ name: 'desktop-light-en', viewport: { width: 1280, height: 800 }, colorScheme: 'light', locale: 'en-GB' },
	{ name: 'desktop-dark-zh', viewport: { width: 1280, height: 800 }, colorScheme: 'dark', locale: 'zh-CN' },
	{ name: 'phone-light-zh', viewport: { width: 360, height: 740 }, colorScheme: 'light', locale: 'zh-CN' },
	{ name: 'phone-dark-en', viewport: { width: 360, height: 740 }, colorScheme: 'dark', locale: 'en-GB' },
] as const

test('sign-in before anything else', async ({ page, context, signIn }) => {
	await page.goto('/')
	await page.waitForURL('**/welcome')
	await page.screenshot({ path: 'screenshots/welcome.png' })
	await signIn()
	await context.clearCookies()
	await page.goto('/')
	await page.waitForURL('**/sign-in')
	await axe(page, 'sign-in')
	await page.screenshot({ path: 'screenshots/sign-in.png' })
})

/** The oldest photo that shows the person. */
async function photoOf(request: APIRequestContext, person: number): Promise<number> {
	return (await (await request.get(`/api/v1/photos?person=${person}`)).json()).photos.at(-1).id
}

for (const { name: look, ...options } of looks) {
	test.describe(look, () => {
		test.use({ ...options, contextOptions: { reducedMotion: 'reduce' } })

		test(`every page, ${look}`, async ({ page, context, signIn, withFaces, withPictures }) => {
			const folder = process.env.TINTYPE_PHOTOS
			if (folder) {
				await signIn()
				for (const file of (await readdir(folder)).sort()) await upload(context.request, join(folder, file))
				await allDeveloped(context.request)
			} else {
				await withPictures(14)
				await withFaces()
			}
			const { photos } = await (await context.request.get('/api/v1/photos')).json()
			const ids = photos.map((p: { id: number }) => p.id)
			const { albums } = await (await context.request.get('/api/v1/albums')).json()
			if (albums.length === 0) {
				await context.request.post('/api/v1/albums', { data: { name: 'Summer at the lake' } })
				await context.request.post('/api/v1/albums/1/photos', { data: { ids: ids.slice(2, 7) } })
				const garden = { ids: ids.slice(0, 12), belongs: true }
				await context.request.post('/api/v1/classes', { data: { name: 'Our garden' } })
				await context.request.put('/api/v1/classes/1/photos', { data: garden })
				await context.request.put(`/api/v1/photos/${ids[1]}/class`, { data: { class: 'landscape' } })
				await context.request.post('/api/v1/photos/trash', { data: { ids: ids.slice(-2) } })
			}
			const { people } = await (await context.request.get('/api/v1/people')).json()
			const person = people[0]?.id
			if (person !== undefined && !people[0].name) {
				await context.request.patch(`/api/v1/people/${person}`, { data: { name: 'Ann Miller', born: '2010-05-20' } })
				await context.request.patch(`/api/v1/people/${people[1].id}`, { data: { name: 'Bob' } })
			}
			const targets = [
				...pages,
				...(person === undefined
					? []
					: ([
							['person', `/people/${person}`, '[data-photo] img.loaded'],
							['person-faces', `/people/${person}/faces`, '.faces img'],
							['viewer-faces', `/people/${person}/photo/${await photoOf(context.request, person)}`, '[data-face]'],
						] as const)),
				['viewer', `/photo/${ids[1]}`, '.viewer img.main.loaded'],
			] as const
			for (const [name, path, ready] of targets) {
				await page.goto(path)
				if (name === 'viewer-faces') await page.getByRole('button', { name: /faces|面孔/ }).first().click()
				if (name === 'viewer' && options.viewport.width < 900) {
					await page.locator('.tools button[aria-pressed]').last().click()
				}
				await expect(page.locator(ready).first()).toBeVisible()
				await page.waitForFunction(() => [...document.images].every((i) => i.complete))
				const sideways = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
				expect(sideways, `${name} scrolls sideways`).toBeLessThanOrEqual(0)
				await axe(page, `${name}, ${look}`)
				await page.screenshot({ path: `screenshots/${look}-${name}.png` })
			}
		})
	})
}
