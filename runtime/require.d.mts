export declare const requireOptional: (id: string) => unknown
