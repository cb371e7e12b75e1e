/* What goes wrong on the way is mended or said: a cable pulled while uploading, a server that does not answer, a file
 * that is broken, a session that ended. */
import { dirname, join } from 'node:path'
import { readFile, writeFile } from 'node:fs/promises'
import { expect, test } from '../support/test'
import { drawPictures } from '../support/pictures'

test.use({ library: 'trouble' })

test('uploads go on after the connection broke', async ({ page, server, signIn }) => {
	await signIn()
	const paths = await drawPictures(join(dirname(server.library), 'drawn'), 5)
	let broken = 0
	await page.route('**/api/v1/photos', (route) => {
		if (route.request().method() === 'POST' && broken++ < 3) return route.abort('connectionreset')
		return route.continue()
	})
	await page.goto('/upload')
	await page.locator('input[type=file]').first().setInputFiles(paths)
	await expect(page.getByText('5 added, 0 here already, 0 not taken, 0 failed')).toBeVisible()
	expect(broken).toBeGreaterThan(5)
})

test('photos dropped on any page are taken in', async ({ page, server, signIn }) => {
	await signIn()
	await page.goto('/albums')
	const [path = ''] = await drawPictures(join(dirname(server.library), 'dropped'), 1)
	const bytes = [...(await readFile(path)), ...Buffer.from('another one')]
	const data = await page.evaluateHandle((content) => {
		const transfer = new DataTransfer()
		transfer.items.add(new File([new Uint8Array(content)], 'dropped.png', { type: 'image/png' }))
		return transfer
	}, bytes)
	await page.dispatchEvent('body', 'dragenter', { dataTransfer: data })
	await expect(page.getByText('Let go to add them')).toBeVisible()
	await page.dispatchEvent('body', 'drop', { dataTransfer: data })
	await expect(page).toHaveURL(/\/upload$/)
	await expect(page.getByRole('listitem').filter({ hasText: 'dropped.png' })).toContainText('Added')
})

test('a broken photo is set aside with its reason', async ({ page, server, signIn }) => {
	await signIn()
	const [path = ''] = await drawPictures(join(dirname(server.library), 'drawn'), 1)
	const broken = join(dirname(path), 'broken.png')
	await writeFile(broken, (await readFile(path)).subarray(0, 33))
	await page.goto('/upload')
	await page.locator('input[type=file]').first().setInputFiles(broken)
	await expect(page.getByRole('listitem').filter({ hasText: 'broken.png' })).toContainText('Added')
	await page.goto('/activity')
	const entry = page.getByRole('listitem').filter({ hasText: 'broken.png' })
	await expect(entry).toContainText('tried', { timeout: 120_000 })
	await entry.getByRole('button', { name: 'Leave it as it is' }).click()
	await expect(page.getByText('Nothing was set aside.')).toBeVisible()
})

test('a server that is away is said, and asked again on request', async ({ page, withPictures }) => {
	await withPictures(2)
	await page.route('**/api/v1/timeline/months*', (route) => route.abort('connectionrefused'))
	await page.goto('/')
	await expect(page.getByRole('heading', { name: 'The server cannot be reached.' })).toBeVisible()
	await page.unroute('**/api/v1/timeline/months*')
	await page.getByRole('button', { name: 'Try again' }).click()
	await expect(page.locator('main [data-photo]').first()).toBeVisible()
})

test('a session that ended leads to the sign-in and back', async ({ page, context, signIn }) => {
	await signIn()
	await page.goto('/albums')
	await expect(page.getByRole('heading', { name: 'Your albums' })).toBeVisible()
	await context.clearCookies()
	await page.getByRole('navigation').getByRole('link', { name: 'Trash', exact: true }).click()
	await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible()
	await page.getByLabel('Name', { exact: true }).fill('ada')
	await page.getByLabel('Password', { exact: true }).fill('correct horse battery')
	await page.getByRole('button', { name: 'Sign in' }).click()
	await expect(page.getByRole('heading', { name: 'Trash', exact: true })).toBeVisible()
})

test('steps in the viewer are kept while a slow server answers', async ({ page, withPictures }) => {
	await withPictures(4)
	await page.goto('/')
	const tiles = page.locator('main [data-photo]')
	const ids = await Promise.all([0, 1, 2].map(async (n) => (await tiles.nth(n).getAttribute('data-photo')) ?? ''))
	await tiles.first().click()
	await expect(page.getByRole('dialog').getByRole('button', { name: 'Older photo' })).toBeVisible()
	await page.route(/\/api\/v1\/photos\/\d+$/, async (route) => {
		await new Promise((resolve) => setTimeout(resolve, 400))
		await route.continue()
	})
	await page.keyboard.press('ArrowRight')
	await expect(page).toHaveURL(new RegExp(`/photo/${ids[1]}$`))
	await page.keyboard.press('ArrowRight')
	await expect(page).toHaveURL(new RegExp(`/photo/${ids[2]}$`))
	await page.keyboard.press('ArrowLeft')
	await expect(page).toHaveURL(new RegExp(`/photo/${ids[1]}$`))
})
