import { expect, it } from 'vitest'
import { droppedFiles, looksLikeMedia } from './files'

it.each([
	['IMG_1.JPG', '', true],
	['a.heic', '', true],
	['b.CR3', '', true],
	['clip.mov', '', true],
	['odd', 'image/x-strange', true],
	['.DS_Store', '', false],
	['._IMG_1.JPG', '', false],
	['notes.txt', 'text/plain', false],
])('%s of type "%s": %s', (name, type, want) => expect(looksLikeMedia({ name, type })).toBe(want))

const entry = (name: string, inside?: unknown[]) => ({
	isFile: !inside,
	isDirectory: Boolean(inside),
	file: (done: (f: File) => void) => done(new File([''], name)),
	createReader: () => {
		const lists = [inside?.slice(0, 1) ?? [], inside?.slice(1) ?? [], []]
		return { readEntries: (done: (some: unknown[]) => void) => done(lists.shift() ?? []) }
	},
})

it('walks dropped folders and leaves out what is no photo', async () => {
	const tree = entry('root', [entry('a.jpg'), entry('deep', [entry('b.png'), entry('Thumbs.db')])])
	const data = { items: [{ kind: 'file', webkitGetAsEntry: () => tree }], files: [] } as unknown as DataTransfer
	expect((await droppedFiles(data)).map((f) => f.name)).toEqual(['a.jpg', 'b.png'])
})

it('takes single files as they are, for the server to judge', async () => {
	const files = [new File([''], 'notes.txt')]
	const data = {
		items: [{ kind: 'file', webkitGetAsEntry: () => entry('notes.txt') }],
		files,
	} as unknown as DataTransfer
	expect(await droppedFiles(data)).toEqual(files)
})
