/* The fixtures: a server for each spec file, an owner who is signed in, drawn pictures in the library. */
import AxeBuilder from '@axe-core/playwright'
import { type APIRequestContext, test as base, expect, type Page } from '@playwright/test'
import { execFile } from 'node:child_process'
import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { drawPictures } from './pictures'
import { type Server, startServer } from './server'

export const owner = { name: 'ada', password: 'correct horse battery' }

export async function upload(request: APIRequestContext, path: string): Promise<number> {
	const { mtimeMs } = await stat(path)
	const type = /\.mp4$/.test(path) ? 'video/mp4' : /\.jpe?g$/.test(path) ? 'image/jpeg' : 'image/png'
	const reply = await request.post('/api/v1/photos', {
		multipart: {
			mtime: String(Math.round(mtimeMs)),
			file: { name: basename(path), mimeType: type, buffer: await readFile(path) },
		},
	})
	const { results } = await reply.json()
	expect(results[0].status, `${path}: ${results[0].reason}`).not.toBe('rejected')
	return results[0].id
}

/** Waits until nothing is left to do. */
export async function allDeveloped(request: APIRequestContext): Promise<void> {
	await expect.poll(async () => (await (await request.get('/api/v1/jobs')).json()).waiting, { timeout: 120_000 }).toBe(0)
}

export async function axe(page: Page, what: string): Promise<void> {
	const { violations } = await new AxeBuilder({ page }).analyze()
	const short = violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')} (${v.help})`)
	expect(short, what).toEqual([])
}

interface PerFile {
	/** Names the library; a spec file that names its own gets a server of its own. */
	library: string
	server: Server
}
interface PerTest {
	/** Signs the browser of the test in, making the owner when there is none. */
	signIn: () => Promise<void>
	/** Signed in, with `count` developed pictures. */
	withPictures: (count: number) => Promise<void>
	/** Signed in, with drawn people whose faces were found and sorted. */
	withFaces: () => Promise<void>
}

export const test = base.extend<PerTest, PerFile>({
	library: ['', { option: true, scope: 'worker' }],
	server: [
		async ({ library: _ }, use) => {
			const server = await startServer()
			await use(server)
			await server.stop()
		},
		{ scope: 'worker', timeout: 60_000 },
	],
	baseURL: async ({ server }, use) => use(server.url),
	signIn: async ({ context }, use) => {
		await use(async () => {
			const { needs_owner } = await (await context.request.get('/api/v1/setup')).json()
			const path = needs_owner ? '/api/v1/setup' : '/api/v1/sessions'
			expect((await context.request.post(path, { data: owner })).ok()).toBe(true)
		})
	},
	withPictures: async ({ context, server, signIn }, use) => {
		await use(async (count) => {
			await signIn()
			for (const path of await drawPictures(join(server.library, '..', 'drawn'), count)) {
				await upload(context.request, path)
			}
			await allDeveloped(context.request)
		})
	},
	withFaces: async ({ context, server, signIn }, use) => {
		await use(async () => {
			await signIn()
			const people = async () => (await (await context.request.get('/api/v1/people')).json()).people.length
			if ((await people()) > 0) return
			const folder = join(server.library, '..', 'faces')
			await faces('draw', folder)
			for (const name of (await readdir(folder)).filter((n) => n.endsWith('.jpg')).sort()) {
				await upload(context.request, join(folder, name))
			}
			await allDeveloped(context.request)
			await server.restart(() => faces('insert', server.library, folder))
			await expect.poll(people).toBe(4)
		})
	},
})

const run = promisify(execFile)
async function faces(...args: string[]): Promise<void> {
	await run('/usr/bin/python3', [resolve('support/faces.py'), ...args])
}

export { expect }
