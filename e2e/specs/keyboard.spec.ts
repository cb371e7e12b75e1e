/* Everything that matters works without a mouse, and the focus is always somewhere sensible. */
import { expect, test } from '../support/test'

test.use({ library: 'keyboard' })

test('select, trash, undo, look and correct with keys only', async ({ page, withPictures }) => {
	await withPictures(6)
	await page.goto('/')
	const tiles = page.locator('main [data-photo]')
	const viewer = page.getByRole('dialog')
	await expect(tiles).toHaveCount(6)
	const id = async (n: number) => (await tiles.nth(n).getAttribute('data-photo')) ?? ''
	const [first, second, third] = [await id(0), await id(1), await id(2)]
	const tile = (photo: string) => page.locator(`[data-photo="${photo}"]`)

	await test.step('the first tab stop leads past the menu', async () => {
		await page.keyboard.press('Tab')
		await expect(page.getByRole('link', { name: 'Skip to the content' })).toBeFocused()
		await page.keyboard.press('Enter')
		await expect(page.locator('#main')).toBeFocused()
	})

	await test.step('arrow keys walk, space selects, Escape forgets', async () => {
		await tile(first).focus()
		await page.keyboard.press('ArrowRight')
		await expect(tile(second)).toBeFocused()
		await page.keyboard.press('ArrowDown')
		await expect(tile(second)).not.toBeFocused()
		await page.keyboard.press('Home')
		await expect(tile(first)).toBeFocused()
		await page.keyboard.press('Space')
		await page.keyboard.press('ArrowRight')
		await page.keyboard.press('Space')
		await expect(page.getByRole('toolbar').getByRole('status')).toHaveText('2 selected')
		await page.keyboard.press('Escape')
		await expect(page.getByRole('toolbar')).toHaveCount(0)
	})

	await test.step('Enter opens, the tab key stays inside, Escape closes and gives the focus back', async () => {
		await page.keyboard.press('Enter')
		await expect(viewer.locator('img.main.loaded')).toBeVisible()
		for (let i = 0; i < 24; i++) {
			await page.keyboard.press('Tab')
			expect(await viewer.evaluate((v) => v.contains(document.activeElement))).toBe(true)
		}
		await viewer.getByRole('button', { name: 'Buildings' }).focus()
		await page.keyboard.press('Enter')
		await expect(viewer.getByText('You said: Buildings')).toBeVisible()
		await page.keyboard.press('+')
		await expect(viewer.getByRole('button', { name: 'Zoom out' })).toBeEnabled()
		await page.keyboard.press('0')
		await expect(viewer.getByRole('button', { name: 'Zoom out' })).toBeDisabled()
		await page.keyboard.press('ArrowRight')
		await expect(page).toHaveURL(new RegExp(`/photo/${third}$`))
		await page.keyboard.press('Escape')
		await expect(viewer).toHaveCount(0)
		await expect(tile(third)).toBeFocused()
	})

	await test.step('Delete in the viewer moves to the trash and on to the next', async () => {
		await page.keyboard.press('Enter')
		await expect(viewer.locator('img.main.loaded')).toBeVisible()
		await page.keyboard.press('Delete')
		await expect(page.getByText('One photo moved to the trash.')).toBeVisible()
		await expect(page).not.toHaveURL(new RegExp(`/photo/${third}$`))
		await page.keyboard.press('Escape')
		await expect(tiles).toHaveCount(5)
	})

	await test.step('dialogs take the focus and give it back', async () => {
		await page.goto('/albums')
		const make = page.getByRole('button', { name: 'New album' })
		await make.focus()
		await page.keyboard.press('Enter')
		await expect(page.getByLabel('Name of the album')).toBeFocused()
		await page.keyboard.press('Escape')
		await expect(page.getByRole('dialog')).toHaveCount(0)
		await expect(make).toBeFocused()
	})
})
