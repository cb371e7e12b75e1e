// Writes src/api/schema.ts, the types of the HTTP contract, from api/openapi.yaml. Run it after each change there:
// npm run generate
import { readFile, writeFile } from 'node:fs/promises'
import openapiTS, { astToString } from 'openapi-typescript'

const contract = new URL('../../api/openapi.yaml', import.meta.url)
const target = new URL('../src/api/schema.ts', import.meta.url)
const head = '// Generated from api/openapi.yaml by `npm run generate`: do not edit.\n\n'

const wanted = head + astToString(await openapiTS(contract))
if (process.argv.includes('--check')) {
	if ((await readFile(target, 'utf8')) !== wanted) {
		console.error('src/api/schema.ts is older than api/openapi.yaml: run `npm run generate` in web/')
		process.exit(1)
	}
} else {
	await writeFile(target, wanted)
}
