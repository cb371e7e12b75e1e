/* A real server on a fresh library; both go when the spec file is done. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

export interface Server {
	url: string
	library: string
	stop(): Promise<void>
}

export const build = resolve(process.env.TINTYPE_BUILD ?? '../build')

export async function startServer(): Promise<Server> {
	const binary = join(build, 'src/cli/tintype')
	if (!existsSync(binary)) throw new Error(`no server at ${binary}: build it, or set TINTYPE_BUILD`)
	const folder = await mkdtemp(join(tmpdir(), 'tintype-e2e-'))
	const library = join(folder, 'library')
	const child = spawn(binary, ['serve', '--library', library, '--listen', '127.0.0.1:0'], {
		stdio: ['ignore', 'pipe', 'pipe'],
	})
	const url = await listening(child)
	return {
		url,
		library,
		async stop() {
			const gone = new Promise((done) => child.once('exit', done))
			child.kill('SIGTERM')
			if (child.exitCode === null) await gone
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
