/** The files that the server is told about while they are open. */

/** Languages of VS Code and of extensions for containers. */
export const LANGUAGES = ['dockercompose', 'dockerfile', 'dockerbake'];

/** Languages of files that were never saved. */
export const UNSAVED = ['dockercompose', 'dockerfile', 'yaml'];

/** Files by name, as `linter/files/kinds.py` knows them, and configurations. */
export const PATTERNS = [
    '**/*[cC][oO][mM][pP][oO][sS][eE]*.{yml,yaml,YML,YAML}',
    '**/*[dD][oO][cC][kK][eE][rR][fF][iI][lL][eE]*',
    '**/*[cC][oO][nN][tT][aA][iI][nN][eE][rR][fF][iI][lL][eE]*',
    '**/*.dockerignore',
    '**/.containerignore',
    '**/.env',
    '**/.env.*',
    '**/*.env',
    '**/{.composelint,composelint}.toml',
    '**/.composelint.{yml,yaml}',
];

/** Whoever opens a folder with one of these wants the server. */
export const ACTIVATION = [
    '**/{compose,docker-compose}.{yml,yaml}',
    '**/{Dockerfile,Containerfile}',
    '**/{.composelint,composelint}.toml',
];
