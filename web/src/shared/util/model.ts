/* A model by name and version; many versions begin with the name. */
export const modelName = (name: string, version: string) => (version.startsWith(name) ? version : `${name} ${version}`)
