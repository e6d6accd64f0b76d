export declare const requireOptional: (id: string) => unknown
export declare const findOwnFile: (name: string) => string | undefined
