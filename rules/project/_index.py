"""What a run has to know of the rules in this folder before one of them runs.

``tools/generate.py`` writes it; ``ListedRule`` in ``linter/rulebook/registry.py`` says what a row
contains.
"""

# fmt: off
RULES = (
    ('builds', 'XF101', 'dockerfile-missing', 'build', 'Service', 3, ('recommended',), (), ('build',), (), None, False),
    ('builds', 'XF102', 'context-missing', 'build', 'Service', 3, ('recommended',), ('production', 'hardened'), ('build',), (), None, False),
    ('builds', 'XF103', 'target-missing', 'build', 'Service', 3, ('recommended',), (), ('build',), (), None, False),
    ('builds', 'XF104', 'unknown-build-arg', 'build', 'Service', 2, ('recommended',), (), ('build',), (), None, False),
    ('builds', 'XF105', 'required-arg-missing', 'build', 'Service', 2, ('recommended',), (), ('build',), (), None, False),
    ('containers', 'XF106', 'port-mismatch', 'connect', 'Service', 1, ('recommended',), (), ('ports',), (), None, False),
    ('files', 'XF107', 'bind-source-missing', 'start', 'Service', 2, ('recommended',), ('production', 'hardened'), ('volumes',), (), None, False),
    ('copies', 'XF108', 'copy-source-missing', 'build', 'Dockerfile', 3, ('recommended',), ('production', 'hardened'), (), (), None, False),
    ('containers', 'XF109', 'mount-hides-build', 'start', 'Service', 1, ('production',), (), ('volumes',), (), None, False),
    ('files', 'XF110', 'env-file-missing', 'start', 'Stack', 3, ('recommended',), ('production', 'hardened'), (), (), None, False),
    ('files', 'XF111', 'secret-file-missing', 'start', 'Stack', 2, ('recommended',), (), ('secrets', 'configs'), (), None, False),
    ('containers', 'XF112', 'user-cannot-write', 'start', 'Service', 1, ('production',), (), ('build',), (), None, False),
    ('listening', 'XF113', 'listens-on-loopback', 'connect', 'Service', 2, ('recommended',), (), ('ports',), (), None, False),
    ('listening', 'XF114', 'dotnet-port', 'connect', 'Service', 2, ('recommended',), (), ('build',), (), None, False),
    ('private_files', 'XF115', 'secret-file-private', 'start', 'Stack', 2, ('recommended',), (), ('user',), (), None, False),
)
