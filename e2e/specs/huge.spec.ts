/* A hundred thousand photos: the page stays small and quick, wherever it is scrolled to. The server's answers about
 * photos are made here. */
import { type Page } from '@playwright/test'
import { expect, test } from '../support/test'
import { picture, png } from '../support/pictures'

test.use({ library: 'huge' })

const monthCount = 250
const perMonth = 400
const months = Array.from({ length: monthCount }, (_, i) => {
	const at = new Date(Date.UTC(2024, 4 - i, 1))
	return { month: at.toISOString().slice(0, 7), count: perMonth }
})

async function serveMany(page: Page): Promise<{ pages: string[] }> {
	const log = { pages: [] as string[] }
	const thumbnail = png(picture(3, new Date()))
	await page.route('**/api/v1/timeline/months*', (r) => r.fulfill({ json: { months, total: monthCount * perMonth } }))
	await page.route(/\/api\/v1\/photos\?/, (route) => {
		const query = new URL(route.request().url()).searchParams
		const month = query.get('month') ?? ''
		const from = Number(query.get('cursor') ?? 0)
		const limit = Number(query.get('limit'))
		log.pages.push(`${month}@${from}`)
		const base = months.findIndex((m) => m.month === month) * perMonth
		const photos = Array.from({ length: Math.min(limit, perMonth - from) }, (_, i) => {
			const id = base + from + i + 1
			const wide = id % 3 !== 0
			return {
				id, kind: 'photo', width: wide ? 400 : 300, height: wide ? 300 : 400, taken: `${month}-10T12:00:00`,
				moment: 1_700_000_000_000 - id, blurhash: 'LEHV6nWB2yk8pyo0adR*.7kCMdnj', class: 'landscape',
				confidence: 0.9, state: 'done', duration_s: null,
			}
		})
		const next = from + limit < perMonth ? String(from + limit) : null
		return route.fulfill({ json: { photos, next } })
	})
	await page.route(/\/photos\/\d+\/thumbnail/, (r) => r.fulfill({ body: thumbnail, contentType: 'image/png' }))
	return log
}

test('a hundred thousand photos', async ({ page, signIn }) => {
	await signIn()
	const log = await serveMany(page)
	await page.goto('/')
	const tiles = page.locator('main [data-photo]')
	await expect(tiles.first()).toBeVisible()
	expect(log.pages.length).toBeLessThanOrEqual(4)

	await test.step('what only flies by is not asked for', async () => {
		// In one go, so that a slow machine does not come to rest on the way.
		await page.evaluate(() => {
			const end = document.documentElement.scrollHeight
			for (let i = 0; i <= 120; i++) window.scrollTo(0, (end * i) / 120)
		})
		await expect(page.getByRole('heading', { name: 'August 2003' })).toBeVisible()
		expect(log.pages.length).toBeLessThan(30)
		await page.evaluate(() => window.scrollTo(0, 0))
	})

	await test.step('scrolling through the whole wall keeps the page small', async () => {
		const most = await page.evaluate(async () => {
			const frame = () => new Promise((done) => requestAnimationFrame(done))
			const end = document.documentElement.scrollHeight
			let most = 0
			for (let i = 0; i <= 120; i++) {
				window.scrollTo(0, (end * i) / 120)
				await frame()
				most = Math.max(most, document.querySelectorAll('[data-photo]').length)
			}
			return most
		})
		expect(most).toBeLessThan(200)
		await expect(page.getByRole('heading', { name: 'August 2003' })).toBeVisible()
		await expect(tiles.last()).toBeVisible()
	})

	await test.step('frames come in time while scrolling where photos are', async () => {
		const worst = await page.evaluate(async () => {
			window.scrollTo(0, 0)
			const times: number[] = []
			let before = performance.now()
			for (let i = 0; i < 120; i++) {
				window.scrollBy(0, 40)
				await new Promise((done) => requestAnimationFrame(done))
				times.push(performance.now() - before)
				before = performance.now()
			}
			return times.sort((a, b) => a - b)[Math.floor(times.length * 0.9)] ?? 0
		})
		// Nine frames of ten; only what would hang the page, since the machine of a test run is busy with much else.
		expect(worst).toBeLessThan(3000)
	})

	await test.step('the line of time goes to a year, by keys and by pointer', async () => {
		const slider = page.getByRole('slider', { name: 'Month' })
		await slider.focus()
		await page.keyboard.press('Home')
		await expect(slider).toHaveAttribute('aria-valuetext', 'May 2024')
		await page.keyboard.press('PageDown')
		await expect(page.getByRole('heading', { name: 'May 2023' })).toBeVisible()
		await page.keyboard.press('End')
		await expect(page.getByRole('heading', { name: 'August 2003' })).toBeVisible()
		// Again where the wall was still coming to rest when the drag began.
		await expect(async () => {
			const box = await slider.boundingBox()
			if (!box) throw new Error('the slider has no place')
			await page.mouse.move(box.x + box.width / 2, box.y + box.height - 2)
			await page.mouse.down()
			await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 8 })
			await page.mouse.up()
			await expect(slider).toHaveAttribute('aria-valuetext', /201[34]/, { timeout: 5_000 })
		}).toPass({ timeout: 120_000 })
		await expect(tiles.first()).toBeVisible()
	})

	await test.step('the keys walk from the first photo to the last', async () => {
		await page.evaluate(() => window.scrollTo(0, 0))
		await expect(page.getByRole('heading', { name: 'May 2024' })).toBeVisible()
		await tiles.first().focus()
		await page.keyboard.press('End')
		await expect(page.locator('[data-photo="100000"]')).toBeFocused()
		await page.keyboard.press('Home')
		await expect(page.locator('[data-photo="1"]')).toBeFocused()
	})
})
