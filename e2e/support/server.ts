/* A real server on a fresh library; both go when the spec file is done. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

export interface Server {
	url: string
	library: string
	/** Stops, does what needs a library nobody works on, and starts anew at the same address. */
	restart(between: () => Promise<void>): Promise<void>
	stop(): Promise<void>
}

export const build = resolve(process.env.TINTYPE_BUILD ?? '../build')

export async function startServer(): Promise<Server> {
	const binary = join(build, 'src/cli/tintype')
	if (!existsSync(binary)) throw new Error(`no server at ${binary}: build it, or set TINTYPE_BUILD`)
	const folder = await mkdtemp(join(tmpdir(), 'tintype-e2e-'))
	const library = join(folder, 'library')
	// Faces are put in by the tests that want some (support/faces.py): none are looked for on drawn pictures.
	const env = { TINTYPE_FACES_ENABLED: process.env.TINTYPE_PHOTOS ? '1' : '0', ...process.env }
	let child: ChildProcess
	const start = (listen: string) => {
		child = spawn(binary, ['serve', '--library', library, '--listen', listen], { stdio: ['ignore', 'pipe', 'pipe'], env })
		return listening(child)
	}
	const end = async () => {
		const gone = new Promise((done) => child.once('exit', done))
		child.kill('SIGTERM')
		if (child.exitCode === null) await gone
	}
	const url = await start('127.0.0.1:0')
	return {
		url,
		library,
		async restart(between) {
			await end()
			await between()
			await start(new URL(url).host)
		},
		async stop() {
			await end()
			await rm(folder, { recursive: true, force: true })
		},
	}
}

function listening(child: ChildProcess): Promise<string> {
	return new Promise((found, fail) => {
		let text = ''
		const read = (chunk: Buffer) => {
			text += chunk.toString()
			const match = /listening on (http:\/\/[\d.:]+)/.exec(text)
			if (match?.[1]) found(match[1])
		}
		child.stdout?.on('data', read)
		child.stderr?.on('data', read)
		child.once('exit', (code) => fail(new Error(`the server ended with ${code}:\n${text}`)))
	})
}
