/** Which server takes the assets: they differ in types and in what they call a lifecycle. */
export type Flavour = 'elasticsearch' | 'opensearch'
