"""The rules that are meant by the ids in comments of other linters.

Rules declare the ids of their counterparts (``equivalents``). kics writes the number of a query
into a comment, semgrep and tally the names of rules that mostly repeat one of hadolint: for
these, tables say which declared id means the same.
"""

from __future__ import annotations

import re
from functools import cache

from ..rulebook.registry import UnknownSelector, all_rules, find

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..rule import Rule

_TOOLS = ("buildkit", "checkov", "hadolint", "kics", "semgrep", "tally", "trivy")

_KICS = {
    # Compose: https://docs.kics.io/latest/queries/dockercompose-queries/
    "071a71ff-f868-47a4-ac0b-3c59e4ab5443": "kics:shared_host_network_namespace",
    "1c1325ff-831d-43a1-973e-839ae57dfcc0": "kics:volume_has_sensitive_host_directory",
    "221e0658-cb2a-44e3-b08a-db96a341d6fa": "kics:pids_limit_not_set",
    "27fcc7d6-c49b-46e0-98f1-6c082a6a2750": "kics:no_new_privileges_not_set",
    "2fc99041-ddad-49d5-853f-e35e70a48391": "kics:restart_policy_on_failure_not_set_to_5",
    "404fde2c-bc4b-4371-9747-7054132ac953": "kics:default_seccomp_profile_disabled",
    "451d79dc-0588-476a-ad03-3c7f0320abb3": "kics:container_traffic_not_bound_to_host_interface",
    "4d9f44c6-2f4a-4317-9bb5-267adbea0232": "kics:cgroup_not_default",
    "4f31dd9f-2cc3-4751-9b53-67e4af83dac0": "kics:host_namespace_is_shared",
    "610e266e-6c12-4bca-9925-1ed0cd29742b": "kics:security_opt_not_set",
    "698ed579-b239-4f8f-a388-baa4bcb13ef8": "kics:healthcheck_not_set",
    "6b610c50-99fb-4ef0-a5f3-e312fd945bc3": "kics:cpus_not_limited",
    "8af7162d-6c98-482f-868e-0d33fb675ca8": "kics:shared_host_user_namespace",
    "8c978947-0ff6-485c-b0c2-0bfca6026466": "kics:shared_volumes_between_containers",
    "ae5b6871-7f45-42e0-bb4c-ab300c4d2026": "kics:privileged_containers_enabled",
    "baa3890f-bed7-46f5-ab8f-1da8fc91c729": "kics:shared_host_ipc_namespace",
    "baa452f0-1f21-4a25-ace5-844e7a5f410d": "kics:volume_mounted_in_multiple_containers",
    "bb9ac4f7-e13b-423d-a010-c74a1bfbe492": "kics:memory_not_limited",
    "bc2908f3-f73c-40a9-8793-c1b7d5544f79": "kics:privileged_ports_mapped_in_container",
    "ce14a68b-1668-41a0-ab7d-facd9f784742": "kics:networks_not_set",
    "ce76b7d0-9e77-464d-b86f-c5c48e03e22d": "kics:container_capabilities_unrestricted",
    "d6355c88-1e8d-49e9-b2f2-f8a1ca12c75b": "kics:docker_socket_mounted_in_container",
    # Dockerfiles: https://docs.kics.io/latest/queries/dockerfile-queries/
    "00481784-25aa-4a55-8633-3136dfcf4f37": "hadolint:DL3032",
    "0008c003-79aa-42d8-95b8-1c2fe37dbfe6": "hadolint:DL3059",
    "02d9c71f-3ee8-4986-9c27-1a20d0d19bfc": "hadolint:DL3013",
    "09fda05e-da85-4ee7-ab8d-2800a5e6e756": "trivy:DS-0024",
    "22cd11f7-9c6c-4f6e-84c0-02058120b341": "hadolint:DL3028",
    "295acb63-9246-4b21-b441-7c1f1fb62dc0": "hadolint:DL3040",
    "38300d1a-feb2-4a48-936a-d1ef1cd24313": "hadolint:DL3036",
    "41c195f4-fc31-4a5c-8a1b-90605538d49f": "hadolint:DL4003",
    "45e1fca5-f90e-465d-825f-c2cb63fa3944": "hadolint:DL3034",
    "562952e4-0348-4dea-9826-44f3a2c6117b": "hadolint:DL3037",
    "5907595b-5b6d-4142-b173-dbb0e73fbff8": "trivy:DS-0004",
    "6452c424-1d92-4deb-bb18-a03e95d579c4": "hadolint:DL3033",
    "67fd0c4a-68cf-46d7-8c41-bc9fba7e40ae": "hadolint:DL3002",
    "682fe378-c180-4bd5-8a14-95fc285fb269": "trivy:DS-0024",
    "68a51e22-ae5a-4d48-8e87-b01a323605c9": "hadolint:DL3022",
    "6938958b-3f1a-451c-909b-baeee14bdc97": "hadolint:DL4004",
    "6b376af8-cfe8-49ab-a08d-f32de23661a4": "hadolint:DL3000",
    "6db6e0c2-32a3-4a2e-93b5-72c35f4119db": "hadolint:DL3021",
    "6e19193a-8753-436d-8a09-76dcff91bb03": "hadolint:DL3030",
    "71bf8cf8-f0a1-42fa-b9d2-d10525e0a38e": "hadolint:DL3011",
    "7384dfb2-fcd1-4fbf-91cd-6c44c318c33c": "hadolint:DL3015",
    "77783205-c4ca-4f80-bb80-c777f267c547": "hadolint:DL3014",
    "7ebd323c-31b7-4e5b-b26f-de5e9e477af8": "hadolint:DL3038",
    "8a301064-c291-4b20-adcb-403fe7fd95fd": "hadolint:DL4005",
    "8ada6e80-0ade-439e-b176-0b28f6bce35a": "hadolint:DL3004",
    "8f6456be-0018-46db-9ce6-b3b6dc8d34d2": "trivy:DS-0024",
    "93d88cf7-f078-46a8-8ddc-178e03aeacf1": "hadolint:DL3041",
    "9513a694-aa0d-41d8-be61-3271e056f36b": "hadolint:DL3020",
    "965a08d7-ef86-4f14-8792-4a3b2098937e": "hadolint:DL3008",
    "989ab888-7d1e-410f-9dde-c64a1d367bf2": "trivy:DS-0024",
    "99614418-f82b-4852-a9ae-5051402b741c": "hadolint:DL4000",
    "9b6b0f38-92a2-41f9-b881-3a1083d99f1b": "hadolint:DL3001",
    "9bae49be-0aa3-4de5-bab2-4c3a069e40cd": "checkov:CKV_DOCKER_5",
    "9efb0b2d-89c9-41a3-91ca-dcc0aec911fd": "hadolint:DL3006",
    "ae9c56a6-3ed1-4ac0-9b54-31267f51151d": "hadolint:DL3019",
    "b03a748a-542d-44f4-bb86-9199ab4fd2d5": "hadolint:DL3057",
    "b16e8501-ef3c-44e1-a543-a093238099c9": "hadolint:DL3029",
    "b84a0b47-2e99-4c9f-8933-98bcabe2b94d": "hadolint:DL3027",
    "b86987e1-6397-4619-81d5-8807f2387c79": "hadolint:DL3025",
    "c3e1b6ae-d92c-44b3-8ed5-1f5442bab6a4": "trivy:DS-0031",
    "cdddb86f-95f6-4fc4-b5a1-483d9afceb2b": "hadolint:DL3023",
    "d3499f6d-1651-41bb-a9a7-de925fea487b": "hadolint:DL3018",
    "d4895357-dd49-4ba5-b726-1bb81cb50989": "trivy:DS-0024",
    "df746b39-6564-4fed-bf85-e9c44382303c": "hadolint:DL3009",
    "e36d8880-3f78-4546-b9a1-12f0745ca0d5": "hadolint:DL3016",
    "efbf148a-67e9-42d2-ac47-02fa1c0d0b22": "hadolint:DL4006",
    "f2daed12-c802-49cd-afed-fe41d0b82fed": "hadolint:DL3024",
    "f2f903fb-b977-461e-98d7-b3e2185c6118": "hadolint:DL3042",
    "f45ea400-6bbe-4501-9fc7-1c3d75c32067": "hadolint:DL3007",
    "f4a6bcd3-e231-4acf-993c-aa027be50d2e": "hadolint:DL3003",
    "fc775e75-fcfb-4c98-b2f2-910c5858b359": "hadolint:DL4001",
    "fd54f200-402c-4333-a5a4-36ef6709af2f": "hadolint:DL3002",
}

_SEMGREP = {
    # https://semgrep.dev/p/dockerfile
    "alias-must-be-unique": "hadolint:DL3024",
    "avoid-apk-upgrade": "trivy:DS-0024",
    "avoid-apt-get-upgrade": "trivy:DS-0024",
    "avoid-dnf-update": "trivy:DS-0024",
    "avoid-platform-with-from": "hadolint:DL3029",
    "avoid-yum-update": "trivy:DS-0024",
    "avoid-zypper-update": "trivy:DS-0024",
    "copy-from-own-alias": "hadolint:DL3023",
    "dockerfile-source-not-pinned": "base-without-digest",
    "invalid-port": "hadolint:DL3011",
    "last-user-is-root": "hadolint:DL3002",
    "maintainer-is-deprecated": "hadolint:DL4000",
    "missing-apk-no-cache": "hadolint:DL3019",
    "missing-assume-yes-switch": "hadolint:DL3014",
    "missing-dnf-assume-yes-switch": "hadolint:DL3038",
    "missing-dnf-clean-all": "hadolint:DL3040",
    "missing-image-version": "hadolint:DL3006",
    "missing-no-install-recommends": "hadolint:DL3015",
    "missing-pip-no-cache-dir": "hadolint:DL3042",
    "missing-user": "hadolint:DL3002",
    "missing-user-entrypoint": "hadolint:DL3002",
    "missing-yum-assume-yes-switch": "hadolint:DL3030",
    "missing-yum-clean-all": "hadolint:DL3032",
    "missing-zypper-clean": "hadolint:DL3036",
    "missing-zypper-no-confirm-switch": "hadolint:DL3034",
    "multiple-cmd-instructions": "hadolint:DL4003",
    "multiple-entrypoint-instructions": "hadolint:DL4004",
    "no-sudo-in-dockerfile": "hadolint:DL3004",
    "nonsensical-command": "hadolint:DL3001",
    "prefer-apt-get": "hadolint:DL3027",
    "prefer-copy-over-add": "hadolint:DL3020",
    "prefer-json-notation": "hadolint:DL3025",
    "remove-package-cache": "hadolint:DL3009",
    "remove-package-lists": "hadolint:DL3009",
    "secret-in-build-arg": "hadolint:DL3064",
    "set-pipefail": "hadolint:DL4006",
    "use-absolute-workdir": "hadolint:DL3000",
    "use-either-wget-or-curl": "hadolint:DL4001",
    "use-shell-instruction": "hadolint:DL4005",
    "use-workdir": "hadolint:DL3003",
    # https://semgrep.dev/p/docker-compose
    "exposing-docker-socket-volume": "compose-lint:CL-0001",
    "no-new-privileges": "compose-lint:CL-0003",
    "privileged-service": "compose-lint:CL-0002",
    "seccomp-confinement-disabled": "compose-lint:CL-0009",
    "selinux-separation-disabled": "compose-lint:CL-0009",
    "writable-filesystem-service": "compose-lint:CL-0007",
}

_TALLY = {
    # https://github.com/wharflab/tally/blob/main/RULES.md
    "no-unreachable-stages": "unused-stage",
    "prefer-multi-stage-build": "single-stage-build",
    "prefer-run-heredoc": "hadolint:DL3059",
    "secrets-in-code": "trivy:DS-0031",
}

_TABLES = {"kics": _KICS, "semgrep": _SEMGREP, "tally": _TALLY}
_TALLY_REPEATS = ("buildkit", "hadolint")
"""Linters whose rules tally has under their names."""

_OLD_TRIVY = re.compile(r"DS\d{3}\Z")


def peer_codes(name: str) -> frozenset[str] | None:
    """The codes of our rules for a name in the comment of another linter, as ``tool:id``.

    ``tool:*`` are all rules with a counterpart in the tool. None if the name is not one of another
    linter, or no rule is its counterpart.
    """
    tool, colon, identifier = name.partition(":")
    if not colon or tool not in _TOOLS:
        return None
    return _codes(tool, identifier) or None


@cache
def _codes(tool: str, identifier: str) -> frozenset[str]:
    if tool == "trivy":
        identifier = identifier.upper().removeprefix("AVD-")
        if _OLD_TRIVY.match(identifier):
            identifier = f"DS-0{identifier[2:]}"
    if tool == "tally":
        # The names of rules may begin with the linter that has them, too.
        origin, slash, rest = identifier.rpartition("/")
        identifier = (
            rest if slash and origin in (*_TALLY_REPEATS, "tally", "shellcheck") else identifier
        )
    if "*" in identifier:
        return _matching(tool, identifier)
    table = _TABLES.get(tool, {})
    meant = table.get(identifier.lower())
    if meant is not None:
        return _declared(meant)
    if tool == "tally":
        if identifier.upper().startswith("SC"):
            from ..rulebook.shellcheck_codes import codes_named

            return codes_named(identifier) or frozenset()
        return _declared(f"hadolint:{identifier}") | _declared(f"buildkit:{identifier}")
    return _declared(f"{tool}:{identifier}")


def _declared(selector: str) -> frozenset[str]:
    """The codes of the rules that a selector matches."""
    try:
        return frozenset(rule.code for rule in find(selector))
    except UnknownSelector:
        return frozenset()


def _matching(tool: str, pattern: str) -> frozenset[str]:
    """The codes of the rules with a counterpart in a tool whose id matches a pattern."""
    from fnmatch import fnmatchcase

    tools = (tool, *_TALLY_REPEATS) if tool == "tally" else (tool,)

    def is_meant(rule: Rule) -> bool:
        return any(
            peer.partition(":")[0] in tools
            and fnmatchcase(peer.partition(":")[2].casefold(), pattern.casefold())
            for peer in rule.equivalents
        )

    codes = {rule.code for rule in all_rules() if is_meant(rule)}
    for identifier, meant in _TABLES.get(tool, {}).items():
        if fnmatchcase(identifier, pattern.casefold()):
            codes |= _declared(meant)
    return frozenset(codes)
