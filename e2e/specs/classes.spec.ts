/* Classes of one's own: taught from the timeline, found in albums and search, put right, renamed, removed, brought back. */
import { axe, expect, test } from '../support/test'

test.use({ library: 'classes' })

test('a class of one’s own from a dozen photos', async ({ page, context, withPictures }) => {
	await withPictures(24)
	const photos = page.locator('main [data-photo]')
	const select = page.getByRole('checkbox', { name: /^Select Photo/ })
	const toast = (text: string | RegExp) => page.getByRole('status').filter({ hasText: text })

	await test.step('teach it', async () => {
		await page.goto('/')
		await select.nth(0).click()
		await select.nth(3).click({ modifiers: ['Shift'] })
		await page.getByRole('toolbar').getByRole('button', { name: 'Teach a class' }).click()
		await expect(page.getByRole('dialog')).toContainText('These photos show …')
		await axe(page, 'teach')
		await page.getByRole('dialog').getByLabel('New class').fill('Our garden')
		await page.keyboard.press('Enter')
		await expect(toast('4 photos put into “Our garden”.')).toBeVisible()
	})

	await test.step('it lies among the albums', async () => {
		await page.getByRole('navigation').getByRole('link', { name: 'Albums' }).click()
		await page.getByRole('region', { name: 'Your own classes' }).getByRole('link', { name: /Our garden/ }).click()
		await expect(page.getByRole('heading', { name: 'Our garden' })).toBeVisible()
		await expect(toast('6 more photos are needed before others are found.')).toBeVisible()
		const { photos: all } = await (await context.request.get('/api/v1/photos')).json()
		const body = { ids: all.slice(4, 12).map((p: { id: number }) => p.id), belongs: true }
		await context.request.put('/api/v1/classes/1/photos', { data: body })
		await expect(toast(/of the examples/i)).toBeVisible({ timeout: 30_000 })
		expect(await photos.count()).toBeGreaterThanOrEqual(4)
		await axe(page, 'class')
	})

	await test.step('what does not belong goes, and comes back', async () => {
		const before = await photos.count()
		await select.nth(0).click()
		await page.getByRole('toolbar').getByRole('button', { name: 'Does not belong here' }).click()
		await expect(photos).toHaveCount(before - 1)
		await toast('One photo kept out of “Our garden”.').getByRole('button', { name: 'Undo' }).last().click()
		await expect(photos).toHaveCount(before)
	})

	await test.step('search finds it', async () => {
		await page.goto('/search?q=our+garden')
		await expect(photos.first()).toBeVisible()
	})

	await test.step('rename, remove, bring back', async () => {
		await page.goto('/albums')
		await page.getByRole('link', { name: /Our garden/ }).click()
		await page.getByRole('button', { name: 'Rename' }).click()
		await page.getByRole('dialog').getByRole('textbox').fill('The garden')
		await page.keyboard.press('Enter')
		await expect(page.getByRole('heading', { name: 'The garden' })).toBeVisible()
		await page.getByRole('button', { name: 'Remove the class' }).click()
		await page.getByRole('dialog').getByRole('button', { name: 'Remove the class' }).click()
		await page.waitForURL('**/albums')
		await expect(page.getByRole('link', { name: /The garden/ })).toHaveCount(0)
		await toast('Class “The garden” removed.').getByRole('button', { name: 'Undo' }).last().click()
		await expect(page.getByRole('link', { name: /The garden/ })).toBeVisible()
		await page.reload()
		await page.getByRole('link', { name: /The garden/ }).click()
		await expect(photos.first()).toBeVisible()
	})
})
