"""The command line: its verbs, and the modules that they share."""

VERBS = {
    "check": "check:check",
    "format": "format:format",
    "rule": "rules:show_rule",
    "rules": "rules:list_rules",
    "policy": "policy:policy",
    "config": "config:show_config",
    "init": "init:init",
    "baseline": "baseline:baseline",
    "budget": "budget:budget_command",
    "graph": "graph:graph",
    "fleet": "fleet:fleet",
    "server": "server:server",
    "why": "why:why",
    "completions": "completions:completions",
}
"""Each verb, with its module and function."""
