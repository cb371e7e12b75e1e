/* Files out of what was dropped or chosen: folders are walked, what no album takes is left out. */

const takes =
	/\.(jpe?g|jpe|jfif|png|webp|gif|bmp|tiff?|heic|heif|hif|avif|jxl|dng|cr2|cr3|nef|nrw|arw|sr2|raf|orf|rw2|pef|srw|raw|3fr|iiq|mp4|m4v|mov|avi|mkv|webm|mpe?g|3gp|mts|m2ts|wmv)$/i

/** Companions that cameras and file managers leave in folders are no photos and no mistakes. */
export const looksLikeMedia = (file: { name: string; type: string }) =>
	!file.name.startsWith('.') && (takes.test(file.name) || /^(image|video)\//.test(file.type))

function entriesOf(directory: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
	const reader = directory.createReader()
	const all: FileSystemEntry[] = []
	return new Promise((resolve, reject) => {
		// readEntries hands out a hundred at a time, until an empty list.
		const more = () =>
			reader.readEntries((some) => {
				if (some.length === 0) return resolve(all)
				all.push(...some)
				more()
			}, reject)
		more()
	})
}

async function* walk(entry: FileSystemEntry): AsyncGenerator<File> {
	if (entry.isDirectory) {
		for (const inner of await entriesOf(entry as FileSystemDirectoryEntry)) yield* walk(inner)
	} else {
		const file = await new Promise<File | null>((resolve) =>
			(entry as FileSystemFileEntry).file(resolve, () => resolve(null)),
		)
		if (file && looksLikeMedia(file)) yield file
	}
}

/** Files that were dropped one by one are all taken: the server says why it refuses one. */
export async function droppedFiles(data: DataTransfer): Promise<File[]> {
	// The entries have to be asked for before the first wait: afterwards the browser has emptied the list.
	const entries = [...data.items].filter((i) => i.kind === 'file').map((i) => i.webkitGetAsEntry())
	const direct = [...data.files]
	if (entries.every((e) => e === null || e.isFile)) return direct
	const files: File[] = []
	for (const entry of entries) {
		if (!entry) continue
		for await (const file of walk(entry)) files.push(file)
	}
	return files
}
