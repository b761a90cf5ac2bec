"""Each id of other linters for Compose files selects rules of composelint."""

from __future__ import annotations

import pytest
from composelint.linter.rulebook.registry import find

PEERS = {
    # compose-lint 0.36, which has withdrawn the numbers 12, 15 and 23.
    "CL-0001": "CF311",
    "CL-0002": "CF310",
    "CL-0003": "CF315",
    "CL-0004": "CF401 CF402",
    "CL-0005": "CF330 CF332",
    "CL-0006": "CF314",
    "CL-0007": "CF316",
    "CL-0008": "CF318",
    "CL-0009": "CF319",
    "CL-0010": "CF318",
    "CL-0011": "CF313",
    "CL-0013": "CF312",
    "CL-0014": "CF240",
    "CL-0016": "CF320",
    "CL-0017": "CF321",
    "CL-0018": "CF317 CF324",
    "CL-0019": "CF403",
    "CL-0020": "CF301",
    "CL-0021": "CF302",
    "CL-0022": "CF322",
    "CL-0024": "CF313",
    "CL-0025": "CF312",
    "CL-0026": "CF201",
    "CL-0027": "CF313",
    "CL-0028": "CF313",
    "CL-0029": "CF313",
    "CL-0030": "CF313",
    # dclint 3.1
    "invalid-schema": "CF003",
    "invalid-yaml": "CF001",
    "no-build-and-image": "CF143",
    "no-duplicate-container-names": "CF114",
    "no-duplicate-exported-ports": "CF163",
    "no-quotes-in-volumes": "CF907",
    "no-unbound-port-interfaces": "CF330 CF332",
    "no-version-field": "CF004",
    "require-project-name-field": "CF908",
    "require-quotes-in-ports": "CF005 CF906",
    "service-container-name-regex": "CF166",
    "service-dependencies-alphabetical-order": "CF905",
    "service-image-require-explicit-tag": "CF401 CF402",
    "service-keys-order": "CF901",
    "service-ports-alphabetical-order": "CF904",
    "services-alphabetical-order": "CF903",
    "top-level-properties-order": "CF902",
    # KICS
    "cgroup_not_default": "CF318",
    "check_cap_add_cap_drop": "CF314",
    "container_capabilities_unrestricted": "CF313",
    "container_traffic_not_bound_to_host_interface": "CF330 CF332",
    "cpus_not_limited": "CF202",
    "default_seccomp_profile_disabled": "CF319",
    "docker_socket_mounted_in_container": "CF311",
    "healthcheck_not_set": "CF210",
    "host_namespace_is_shared": "CF318",
    "memory_not_limited": "CF201",
    "networks_not_set": "CF281",
    "no_new_privileges_not_set": "CF315",
    "pids_limit_not_set": "CF203",
    "privileged_containers_enabled": "CF310",
    "privileged_ports_mapped_in_container": "CF331 CF333",
    "restart_policy_on_failure_not_set_to_5": "CF222",
    "seccomp_disabled": "CF319",
    "security_opt_not_set": "CF315",
    "shared_host_ipc_namespace": "CF318",
    "shared_host_network_namespace": "CF318",
    "shared_host_user_namespace": "CF318",
    "shared_volumes_between_containers": "CF252",
    "volume_has_sensitive_host_directory": "CF312",
    "volume_mounted_in_multiple_containers": "CF321",
}


@pytest.mark.parametrize("peer", PEERS)
def test_an_id_selects_rules(peer: str) -> None:
    assert " ".join(rule.code for rule in find(peer)) == PEERS[peer]
